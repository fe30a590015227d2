"""The manifest: TOML text in, a checked :class:`Manifest` out, every problem reported at once."""

from patchseries.manifest.filenames import PatchNames, patch_names
from patchseries.manifest.problems import ManifestError, Problem
from patchseries.manifest.read import load, parse
from patchseries.manifest.schema import Manifest, PatchEntry, Project, Variant
from patchseries.manifest.setting import SettingEntry
from patchseries.manifest.source import Source, SourceKind

__all__ = [
    "Manifest",
    "ManifestError",
    "PatchEntry",
    "PatchNames",
    "Problem",
    "Project",
    "SettingEntry",
    "Source",
    "SourceKind",
    "Variant",
    "load",
    "parse",
    "patch_names",
]
