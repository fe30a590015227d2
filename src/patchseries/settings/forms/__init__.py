"""The forms of the files that hold settings: how each is read, and how a line is written."""

from __future__ import annotations

from collections.abc import Mapping

from patchseries.manifest import SettingEntry
from patchseries.settings.forms import libvirt, limits, memcached, oslo, plainlines
from patchseries.settings.forms.form import Assignment, Form, ParsedFile

__all__ = ["FORMS", "Assignment", "Form", "ParsedFile", "form_of"]

FORMS: Mapping[str, Form] = {
    "ini": oslo.FORM,
    "libvirt": libvirt.FORM,
    "limits": limits.FORM,
    "line": plainlines.FORM,
    "memcached": memcached.FORM,
    "sudoers": plainlines.FORM,
}
"""By the key ``form`` of the manifest."""


def form_of(setting: SettingEntry) -> Form:
    """The form of the file that *setting* is made in."""
    return FORMS[setting.form]
