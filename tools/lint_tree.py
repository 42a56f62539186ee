"""Check what ruff and pylint do not see: XML style, manifest, tests, sizes, hosts."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
# suffix: (lines worth a warning, lines not accepted)
BUDGETS = {".py": (250, 400), ".xml": (200, 400)}
DATA_FOLDERS = ("security", "data", "views", "reports", "wizards", "demo")
OLD_XML = {
    r"<tree\b": "use <list>",
    r"\s(attrs|states)=": "use invisible=, readonly=, required=",
    r"\bt-raw\b": "use t-out",
    r"kanban-box": 'use t-name="card"',
    r"oe_chatter": "use <chatter/>",
    r'position="replace"': "anchor before, after, inside or on attributes",
    r"<record\s+model=": "put id before model",
    r"<data\b": "put noupdate on <odoo>",
    r'<\w+ id="customer_success\.': "no own prefix in ids",
    r"^(\t| *\t)": "indent with spaces",
    r"^(?!(    )*<) +<": "indent by 4 spaces",
}
# Folders above a checkout that say nothing about the machine it stands on.
COMMON_FOLDERS = ("/", "/tmp", "/home", "/root", "/opt", "/srv", "/var/tmp", "/usr/src")


def tree_files():
    """Return the files of the repository, also new ones, as relative paths."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = output(command, cwd=ROOT).splitlines()
    if not listed:  # no git, or no repository
        listed = [
            str(path.relative_to(ROOT))
            for path in ROOT.rglob("*")
            if not {"__pycache__", ".git"} & set(path.parts)
        ]
    return [Path(name) for name in sorted(listed) if (ROOT / name).is_file()]


def output(command, **kwargs):
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=False, **kwargs
        ).stdout
    except OSError:
        return ""


def check_xml(path, text):
    try:
        etree.fromstring(text.encode())
    except etree.XMLSyntaxError as error:
        yield f"{path}: {error}"
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern, advice in OLD_XML.items():
            if re.search(pattern, line):
                yield f"{path}:{number}: {advice}"


def check_size(path, text):
    warn, fail = BUDGETS.get(path.suffix, (0, 0))
    lines = text.count("\n")
    if fail and lines > fail:
        yield f"{path}: {lines} lines, at most {fail}"
    elif warn and lines > warn:
        print(f"{path}: {lines} lines, aim at {warn}")  # a hint does not fail


def check_manifest(files):
    """Yield data files that the manifest does not load, and the other way round."""
    manifest = ast.literal_eval((ROOT / "__manifest__.py").read_text())
    loaded = {Path(name) for key in ("data", "demo") for name in manifest.get(key, [])}
    present = {
        path
        for path in files
        if path.parts[0] in DATA_FOLDERS and path.suffix in (".xml", ".csv")
    }
    yield from (f"not in __manifest__.py: {path}" for path in sorted(present - loaded))
    yield from (f"in __manifest__.py only: {path}" for path in sorted(loaded - present))


def check_tests(files):
    """Odoo's own runner sees only the tests that their package imports."""
    for path in files:
        if path.parts[0] == "tests" and path.match("test_*.py"):
            package = (ROOT / path).parent / "__init__.py"
            if not re.search(rf"\b{path.stem}\b", package.read_text()):
                yield f"not imported in {package.relative_to(ROOT)}: {path}"


def machine_words():
    """Return the hosts of this machine's package clients, and where the checkout is."""
    addresses = [
        output(["apt-get", "indextargets", "--format", "$(SITE)"]),
        output(["npm", "config", "get", "registry"]),
        output([sys.executable, "-m", "pip", "config", "list"]),
        "https://" + "pypi" + ".org/",
    ]
    words = set(re.findall(r"https?://([^/:\s']+)", "\n".join(addresses)))
    words.discard("localhost")
    words.add(f"{ROOT}/")
    if str(ROOT.parent) not in COMMON_FOLDERS:
        words.add(f"{ROOT.parent}/")
    return words


def check_machine(path, text, words):
    if path.suffix in (".po", ".pot", ".svg"):
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if any(word in line for word in words):
            yield f"{path}:{number}: a package host or a path of this machine"


def main():
    os.chdir(ROOT)
    files = tree_files()
    words = machine_words()
    findings = [*check_manifest(files), *check_tests(files)]
    for path in files:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        findings += check_size(path, text)
        findings += check_machine(path, text, words)
        if path.suffix == ".xml":
            findings += check_xml(path, text)
    print(*findings, sep="\n", end="\n" if findings else "")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
