"""A host's /etc for tests: a mapping, and what makes one that follows a series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchseries.settings.amend import amended
from patchseries.settings.audit import AuditedSetting, audit
from patchseries.settings.etc import UnreadableError
from patchseries.settings.render import HostRequest, PlacedSetting
from patchseries.settings.sudoaudit import audit_sudoers


class Etc:
    """Files by path below /etc; one whose text is None cannot be read."""

    def __init__(self, files: Mapping[str, str | None]) -> None:
        self.files = dict(files)

    def read(self, path: str) -> str | None:
        if path in self.files and self.files[path] is None:
            raise UnreadableError("no permission")
        return self.files.get(path)

    def names(self, directory: str) -> list[str]:
        start = f"{directory}/"
        below = [path[len(start) :] for path in self.files if path.startswith(start)]
        return sorted({path.partition("/")[0] for path in below})


def audited(
    placed: Sequence[PlacedSetting], request: HostRequest, etc: Etc
) -> list[AuditedSetting]:
    return [*audit(placed, request, etc), *audit_sudoers(placed, request, etc)]


def following(placed: Sequence[PlacedSetting], request: HostRequest) -> Etc:
    """An /etc that has every setting, where only the site knows the value as well."""
    etc = Etc(
        {p.setting.file: "" for p in placed if p.setting.file and p.setting.form != "sudoers"}
    )
    rows: dict[str, list[AuditedSetting]] = {}
    for row in audited(placed, request, etc):
        if row.can_be_applied:
            rows.setdefault(row.file, []).append(row)
    for path, some in rows.items():
        etc.files[path] = amended(etc.files.get(path) or "", some)
    for one in placed:
        if one.setting.site:
            text = etc.files[one.setting.file or ""]
            etc.files[one.setting.file or ""] = (
                f"{text}[{one.setting.section}]\n{one.setting.option} = the site's own\n"
            )
    return etc
