"""Check translations: complete, in step with the source, and in the glossary's words.

Usage: lint_i18n.py EXPORTED.pot         check i18n/
       lint_i18n.py --merge              bring each .po in line with the .pot
"""

import csv
import re
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
I18N = ROOT / "i18n"
POT = I18N / "customer_success.pot"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdrf]|\{\w*\}|</?\w+|\$\{[^}]*\}")
CJK = r"[\u3400-\u9fff]"
HALF_WIDTH = re.compile(rf"{CJK}[,;:!?(]|\){CJK}|{CJK}\.(?!\w)")


def rows(name):
    with (ROOT / "tools" / name).open(newline="") as file:
        return list(csv.reader(file))[1:]


def message_ids(pofile):
    return {entry.msgid for entry in pofile if not entry.obsolete}


def check_same(name, wanted, found):
    yield from (f"{name}: not there: {text!r}" for text in sorted(wanted - found))
    yield from (
        f"{name}: not in the source: {text!r}" for text in sorted(found - wanted)
    )


def check_entry(entry, glossary, rejected):
    text = entry.msgstr
    if not text:
        yield "not translated"
    if entry.fuzzy:
        yield "fuzzy"
    if entry.obsolete:
        yield "obsolete"
    labels = glossary.get(entry.msgid.lower())
    if text and labels and text not in labels:
        yield f"{text} instead of {' or '.join(labels)}"
    for word, instead in rejected:
        if word in text:
            yield f"{word} instead of {instead}"
    if text and sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(
        PLACEHOLDER.findall(text)
    ):
        yield "other placeholders or tags than the source"
    if match := HALF_WIDTH.search(text):
        yield f"half-width punctuation: {match[0]}"


def check(exported):
    wanted = message_ids(polib.pofile(exported))
    if not POT.exists():
        return [f"{POT.name} is missing; ./dev i18n makes it"]
    findings = list(check_same(POT.name, wanted, message_ids(polib.pofile(POT))))
    if findings:
        findings.append("./dev i18n exports the .pot again")
    glossary = {
        term.lower(): labels.split("|") for term, labels in rows("glossary.csv")
    }
    rejected = rows("glossary_rejected.csv")
    if not (I18N / "zh_CN.po").exists():
        findings.append("zh_CN.po is missing")
    for path in sorted(I18N.glob("*.po")):
        translations = polib.pofile(path)
        findings += check_same(path.name, wanted, message_ids(translations))
        findings += (
            f"{path.name}:{entry.linenum}: {entry.msgid!r}: {finding}"
            for entry in translations
            for finding in check_entry(entry, glossary, rejected)
        )
    return findings


def merge(path):
    """Give the .po the entries of the .pot, each with the translation it had."""
    old = polib.pofile(path)
    known = {entry.msgid: entry.msgstr for entry in old}
    new = polib.pofile(POT)
    new.header = old.header
    new.metadata = old.metadata
    for entry in new:
        entry.msgstr = known.get(entry.msgid, "")
    new.save(path)
    print(f"{path.name}: {len(new.untranslated_entries())} terms to translate")


def main(argument):
    if argument == "--merge":
        for path in sorted(I18N.glob("*.po")):
            merge(path)
        return 0
    findings = check(argument)
    print(*findings, sep="\n", end="\n" if findings else "")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
