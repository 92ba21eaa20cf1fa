"""Fetch the front-end files by lock file and copy the few that are served.

Nothing third-party is committed: `npm ci` takes the packages that `package-lock.json` pins by hash,
and this script copies single files out of them to the git-ignored `platform/tiejun/static/vendor/`,
beside a `manifest.json` that names each file's package, version, licence and SHA-256.

A Chinese font is fetched only when the machine has none: typst and Chromium would draw boxes.
Where there is no Node.js, one comes as a wheel into `.node/`, away from the application.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import asdict, dataclass
from pathlib import Path

import typst

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "platform" / "tiejun" / "static"
VENDOR = STATIC / "vendor"
MANIFEST = VENDOR / "manifest.json"
ICON_LIST = STATIC / "icons.txt"
NODE_MODULES = ROOT / "node_modules"
NODE_HOME = ROOT / ".node"

ICON_PACKAGE = "@tabler/icons"
EDITOR_PACKAGE = "@wangeditor-next/editor"
FONT_PACKAGE = "@expo-google-fonts/noto-sans-sc"
FONT_FILE = "400Regular/NotoSansSC_400Regular.ttf"
TEST_PACKAGE = "axe-core"
CHINESE_FAMILIES = (
    "Noto Serif CJK SC",
    "Noto Sans CJK SC",
    "Noto Serif SC",
    "Noto Sans SC",
    "Source Han Serif SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
)


class AssetError(Exception):
    """A file that a page needs cannot be had; the message says what to do."""


@dataclass(frozen=True)
class Asset:
    """One file: where it lies in its package, and where it is served under `static/vendor/`."""

    package: str
    source: str
    target: str


def system_has_chinese_font() -> bool:
    """Return whether one of the families that the printed pages ask for is installed."""
    families = typst.Fonts(include_embedded_fonts=False).families()
    return any(family in families for family in CHINESE_FAMILIES)


def icon_asset(name: str) -> Asset:
    """Return the drawing of one line of icons.txt; `filled/star` is served as `star-filled.svg`."""
    style, _, bare = name.rpartition("/")
    served = f"{bare}-{style}" if style else bare
    return Asset(ICON_PACKAGE, f"icons/{style or 'outline'}/{bare}.svg", f"icons/{served}.svg")


def wanted_assets(*, with_font: bool) -> list[Asset]:
    """Return every file to serve; icons are the lines of `static/icons.txt`, `#` starts a remark."""
    lines = (line.partition("#")[0].strip() for line in ICON_LIST.read_text(encoding="utf-8").splitlines())
    assets = [
        Asset("bootstrap", "dist/css/bootstrap.min.css", "bootstrap/bootstrap.min.css"),
        Asset("bootstrap", "LICENSE", "bootstrap/LICENSE"),
        Asset(EDITOR_PACKAGE, "dist/index.js", "editor/editor.js"),
        Asset(EDITOR_PACKAGE, "dist/css/style.css", "editor/editor.css"),
        Asset(EDITOR_PACKAGE, "LICENSE", "editor/LICENSE"),
        Asset("echarts", "dist/echarts.common.min.js", "echarts/echarts.common.min.js"),
        Asset("echarts", "LICENSE", "echarts/LICENSE"),
        Asset(ICON_PACKAGE, "LICENSE", "icons/LICENSE"),
        *(icon_asset(name) for name in sorted({line for line in lines if line})),
    ]
    if with_font:
        assets.append(Asset(FONT_PACKAGE, FONT_FILE, "fonts/NotoSansSC-Regular.ttf"))
        assets.append(Asset(FONT_PACKAGE, "LICENSE_FONT", "fonts/LICENSE"))
    return assets


def sha256(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def inputs_digest(*, with_font: bool) -> str:
    """Return a digest of everything that decides what the vendor folder holds."""
    parts = [sha256(ROOT / "package-lock.json"), sha256(ICON_LIST), sha256(Path(__file__)), str(with_font)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_current(digest: str) -> bool:
    """Return whether an earlier run left exactly these files, all still there."""
    if not MANIFEST.is_file():
        return False
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    files = manifest.get("files", [])
    return manifest.get("inputs") == digest and all((VENDOR / file["path"]).is_file() for file in files)


def npm_command() -> tuple[list[str], dict[str, str]]:
    """Return npm's command and environment, installing Node.js from a wheel where there is none."""
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return [npm], dict(os.environ)
    python = NODE_HOME / "bin" / "python"
    if not (NODE_HOME / "bin" / "npm").exists():
        print("No Node.js on this machine: fetching one into .node/ (deletable afterwards)")
        venv.create(NODE_HOME, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "-q", "-q", "--require-hashes"]
        subprocess.run([*install, "-r", str(ROOT / "requirements" / "node.txt")], check=True)
    path = f"{NODE_HOME / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(NODE_HOME / "bin" / "npm")], {**os.environ, "PATH": path}


def npm_ci(*, with_font: bool) -> None:
    """Install the locked packages into node_modules without running any script of theirs."""
    command, environment = npm_command()
    options = ["ci", "--ignore-scripts", "--loglevel=error", "--include=dev"]
    options.append("--include=optional" if with_font else "--omit=optional")
    try:
        subprocess.run([*command, *options], cwd=ROOT, env=environment, check=True, stdin=subprocess.DEVNULL)
    except subprocess.CalledProcessError as error:
        message = f"npm could not install the locked packages (exit code {error.returncode})"
        raise AssetError(message) from error


def packages_installed(packages: set[str]) -> bool:
    """Return whether node_modules holds each package in the locked version."""
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for package in packages:
        installed = NODE_MODULES / package / "package.json"
        if not installed.is_file():
            return False
        version = json.loads(installed.read_text(encoding="utf-8"))["version"]
        if version != locked[f"node_modules/{package}"]["version"]:
            return False
    return True


def copy_assets(assets: list[Asset], digest: str) -> None:
    """Copy into a new folder and swap it in, so that a server never meets half a set."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    files = []
    for asset in assets:
        source = NODE_MODULES / asset.package / asset.source
        if not source.is_file():
            hint = (
                f"correct its line in {ICON_LIST.relative_to(ROOT)}" if asset.package == ICON_PACKAGE else ""
            )
            message = f"{asset.package} has no file {asset.source}; {hint}".rstrip("; ")
            raise AssetError(message)
        target = fresh / asset.target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        files.append({"path": asset.target, "package": asset.package, "sha256": sha256(target)})
    manifest = {"inputs": digest, "packages": package_facts({a.package for a in assets}), "files": files}
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (fresh / "manifest.json").write_text(text, encoding="utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


@dataclass(frozen=True)
class PackageFacts:
    """What the manifest says of a package."""

    name: str
    version: str
    licence: str


def package_facts(packages: set[str]) -> list[dict[str, str]]:
    """Return name, version and licence of each package, from its own metadata."""
    facts = []
    for package in sorted(packages):
        about = json.loads((NODE_MODULES / package / "package.json").read_text(encoding="utf-8"))
        facts.append(asdict(PackageFacts(package, about["version"], about["license"])))
    return facts


def main() -> int:
    """Bring the vendor folder up to date; say nothing when it already is."""
    parser = argparse.ArgumentParser(description="Fetch the front-end files that the pages need.")
    parser.add_argument("--font", action="store_true", help="fetch the font even where the system has one")
    with_font = parser.parse_args().font or not system_has_chinese_font()
    digest = inputs_digest(with_font=with_font)
    test_package_missing = not packages_installed({TEST_PACKAGE})
    if is_current(digest) and not test_package_missing:
        return 0
    assets = wanted_assets(with_font=with_font)
    try:
        if test_package_missing or not packages_installed({asset.package for asset in assets}):
            npm_ci(with_font=with_font)
        copy_assets(assets, digest)
    except AssetError as error:
        print(f"assets: {error}", file=sys.stderr)
        return 1
    if with_font:
        shutil.rmtree(NODE_MODULES / FONT_PACKAGE, ignore_errors=True)
    print(f"assets: {len(assets)} files in {VENDOR.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
