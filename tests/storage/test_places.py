"""Where a folder lies, tried for all three systems on any of them."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from hrddp_desktop.storage import places
from hrddp_desktop.storage.places import Facts, Kind, Place

MOUNTS = r"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 27 0:50 / /srv/office rw - nfs4 server:/office rw,vers=4.2
41 27 0:51 / /mnt/team\040files rw,relatime shared:7 master:1 - cifs //server/team rw
42 27 0:52 / /home/ana/remote rw - fuse.sshfs ana@server: rw
43 27 0:53 / /home/ana/drive rw - fuse.rclone box: rw
44 27 0:54 / /mnt/c rw - 9p drvfs rw
45 27 0:55 / /srv/office/local rw - ext4 /dev/vdb rw
46 27 0:56 / /twice rw - nfs server:/twice rw
47 27 0:57 / /twice rw - ext4 /dev/vdc rw
48 27 8:17 / /run/media/ana/STICK rw - vfat /dev/sdb1 rw
torn line
"""
MAC = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
//ana@server._smb._tcp.local/Team Files on /Volumes/Team Files (smbfs, nodev, nosuid, mounted by ana)
server:/export on /Volumes/export (nfs)
/dev/disk4s1 on /Volumes/STICK (msdos, local, nodev, nosuid, noowners)
"""
LINUX = Facts("linux", mounts=MOUNTS)
APPLE = Facts("darwin", mounts=MAC)
WINDOWS = Facts(
    "win32",
    {"OneDrive": r"C:\Users\ana\OneDrive", "OneDriveCommercial": r"C:\Users\ana\Cloud of the office"},
    drive_type={"Z:\\": 4, "E:\\": 2, "C:\\": 3}.get,  # type: ignore[arg-type]  # every drive of the cases is there
    roots={r"D:\Shared": "Dropbox"},
)


@pytest.mark.parametrize(
    ("folder", "place"),
    [
        ("/home/ana/.local/share/hrddp-desktop/a.hrddp", Place(Kind.HERE)),
        ("/srv/office/a.hrddp", Place(Kind.SHARE, "nfs4")),
        ("/srv/office2/a.hrddp", Place(Kind.HERE)),
        ("/srv/office/local/a.hrddp", Place(Kind.HERE)),
        ("/mnt/team files/a.hrddp", Place(Kind.SHARE, "cifs")),
        ("/home/ana/remote/a.hrddp", Place(Kind.SHARE, "fuse.sshfs")),
        ("/home/ana/drive/a.hrddp", Place(Kind.SHARE, "fuse.rclone")),
        ("/mnt/c/a.hrddp", Place(Kind.HERE)),
        ("/twice/a.hrddp", Place(Kind.HERE)),
        ("/run/media/ana/STICK/a.hrddp", Place(Kind.STICK)),
        ("/home/ana/Dropbox/a.hrddp", Place(Kind.SYNCED, "Dropbox")),
        ("/home/ana/Nextcloud/deep/er/a.hrddp", Place(Kind.SYNCED, "Nextcloud")),
        ("/home/ana/MEGA/a.hrddp", Place(Kind.SYNCED, "MEGA")),
        ("/home/box/a.hrddp", Place(Kind.HERE)),
        ("/home/ana/Dropbox", Place(Kind.HERE)),  # a vault of that name
    ],
)
def test_on_linux(folder: str, place: Place) -> None:
    assert places.at(PurePosixPath(folder), LINUX) == place


@pytest.mark.parametrize(
    ("folder", "place"),
    [
        (r"C:\Users\ana\AppData\Local\hrddp-desktop\a.hrddp", Place(Kind.HERE)),
        (r"\\server\team\a.hrddp", Place(Kind.SHARE, "Windows")),
        (r"\\?\UNC\server\team\a.hrddp", Place(Kind.SHARE, "Windows")),
        (r"Z:\a.hrddp", Place(Kind.SHARE, "Windows")),
        (r"E:\a.hrddp", Place(Kind.STICK)),
        (r"c:\users\ANA\onedrive\a.hrddp", Place(Kind.SYNCED, "OneDrive")),
        (r"C:\Users\ana\Cloud of the office\x\a.hrddp", Place(Kind.SYNCED, "OneDrive")),
        (r"C:\Users\ana\OneDrive - Office\a.hrddp", Place(Kind.SYNCED, "OneDrive")),
        (r"D:\shared\a.hrddp", Place(Kind.SYNCED, "Dropbox")),
        (r"G:\My Drive\a.hrddp", Place(Kind.SYNCED, "Google Drive")),
        (r"C:\Users\ana\iCloudDrive\a.hrddp", Place(Kind.SYNCED, "iCloud")),
    ],
)
def test_on_windows(folder: str, place: Place) -> None:
    assert places.at(PureWindowsPath(folder), WINDOWS) == place


@pytest.mark.parametrize(
    ("folder", "place"),
    [
        ("/Users/ana/Library/Application Support/hrddp-desktop/a.hrddp", Place(Kind.HERE)),
        ("/Volumes/Team Files/a.hrddp", Place(Kind.SHARE, "smbfs")),
        ("/Volumes/export/a.hrddp", Place(Kind.SHARE, "nfs")),
        ("/Volumes/STICK/a.hrddp", Place(Kind.STICK)),
        ("/Users/ana/Library/Mobile Documents/com~apple~CloudDocs/a.hrddp", Place(Kind.SYNCED, "iCloud")),
        ("/Users/ana/Library/CloudStorage/OneDrive-Office/a.hrddp", Place(Kind.SYNCED, "OneDrive")),
        (
            "/Users/ana/Library/CloudStorage/GoogleDrive-ana@example/My Drive/a.hrddp",
            Place(Kind.SYNCED, "Google Drive"),
        ),
        ("/Users/ana/Library/CloudStorage/Box-Box/a.hrddp", Place(Kind.SYNCED, "Box")),
    ],
)
def test_on_a_mac(folder: str, place: Place) -> None:
    assert places.at(PurePosixPath(folder), APPLE) == place


HERE = Facts(sys.platform)


@pytest.mark.parametrize(
    ("mark", "service"),
    [
        (".stfolder", "Syncthing"),
        (".sync_0a1b2c3d4e5f.db", "Nextcloud"),
        ("._sync_0a1b2c3d4e5f.db", "Nextcloud"),
        (".dropbox.cache", "Dropbox"),
        (".sync/ID", "Resilio Sync"),
    ],
)
def test_what_a_service_left_in_a_folder_above_gives_it_away(mark: str, service: str, tmp_path: Path) -> None:
    vault = tmp_path / "deep" / "a.hrddp"
    vault.mkdir(parents=True)
    assert places.of(vault, HERE) == Place(Kind.HERE)  # the control
    (tmp_path / mark).parent.mkdir(exist_ok=True)
    (tmp_path / mark).write_bytes(b"")
    assert places.of(vault, HERE) == Place(Kind.SYNCED, service)


@pytest.mark.parametrize("name", [".dropbox", ".sync", ".synced"])
def test_settings_of_a_service_in_a_home_are_no_synced_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    assert places.of(tmp_path / "a.hrddp", HERE) == Place(Kind.HERE)


def test_what_services_say_themselves_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    (tmp_path / ".dropbox").mkdir()
    (tmp_path / ".dropbox" / "info.json").write_text('{"personal": {"path": "/data/one"}}', "utf-8")
    settings = tmp_path / ".config" / "Nextcloud"
    settings.mkdir(parents=True)
    (settings / "nextcloud.cfg").write_text("[Accounts]\n0\\Folders\\1\\localPath=/data/two/\n", "utf-8")
    facts = places.gathered()
    assert places.at(PurePosixPath("/data/one/a.hrddp"), facts).name == "Dropbox"
    assert places.at(PurePosixPath("/data/two/a.hrddp"), facts).name == "Nextcloud"
    (tmp_path / ".dropbox" / "info.json").write_text("[1]", "utf-8")  # of another version
    assert "/data/one" not in places.gathered().roots


def test_a_link_leads_to_where_it_points(tmp_path: Path) -> None:
    synced = tmp_path / "Dropbox" / "inside"
    synced.mkdir(parents=True)
    link = tmp_path / "plain"
    link.symlink_to(synced)
    assert places.of(link / "a.hrddp", HERE) == Place(Kind.SYNCED, "Dropbox")


def test_the_temporary_folder_of_this_computer_is_here(tmp_path: Path) -> None:
    assert places.of(tmp_path) == Place(Kind.HERE)
