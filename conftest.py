"""Run the addon's tests with pytest-odoo, and let nothing pass in silence.

Works for ``./dev test`` and for a bare ``pytest`` in the checkout with ``ODOO_RC`` set.
"""

import logging
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

import _pytest.pathlib
import pytest
import pytest_odoo

ROOT = Path(__file__).resolve().parent
# Reasons (regular expressions) for which a test may be skipped.
ALLOWED_SKIPS = ()
# A busy machine needs longer than Odoo's own limits for the browser.
BROWSER_PATIENCE = 4

_resolve = _pytest.pathlib.resolve_pkg_root_and_module_name
_noise = re.compile(
    "|".join(
        line
        for line in (ROOT / "tools/log_noise.txt").read_text().splitlines()
        if line and not line.startswith("#")
    )
)
_problems = []


def _resolve_addon(path, **kwargs):
    """Name the addon's modules as Odoo does, whatever the checkout is called."""
    real = Path(path).resolve()
    if real.is_relative_to(ROOT) and real.name != "conftest.py":
        names = list(real.with_suffix("").relative_to(ROOT).parts)
        if names and names[-1] == "__init__":
            names.pop()
        return ROOT.parent, ".".join(["odoo", "addons", "customer_success", *names])
    return _resolve(path, **kwargs)


_pytest.pathlib.resolve_pkg_root_and_module_name = _resolve_addon


@contextmanager
def _own_filestore(original, name):
    """Give each of two workers a filestore of its own; sharing one loses files.

    Links are safe: stored files never change.
    """
    from odoo.tools import config  # needs the configuration that pytest-odoo has read

    source, target = config.filestore(original), config.filestore(name)
    if name != original:
        shutil.rmtree(target, ignore_errors=True)
        if os.path.isdir(source):
            shutil.copytree(source, target, copy_function=os.link)
    yield
    if name != original:
        shutil.rmtree(target, ignore_errors=True)


pytest_odoo._shared_filestore = _own_filestore


class _Problems(logging.Handler):
    """Collect what Odoo logs at WARNING or above, with the test that was running."""

    def emit(self, record):
        text = f"{record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[1]:
            text += f" ({record.exc_info[1]!r})"
        if not _noise.search(text):
            test = os.environ.get("PYTEST_CURRENT_TEST", "outside a test")
            _problems.append(f"{test}\n    {record.levelname} {text}")


def pytest_sessionstart(session):
    logging.getLogger().addHandler(_Problems(logging.WARNING))
    if not hasattr(session.config, "workerinput"):
        _read_logs(os.environ.get("CS_LOGS"))
    _be_patient_with_browsers()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    """Take over what a worker has collected (./dev test runs two of them)."""
    _problems.extend(getattr(node, "workeroutput", {}).get("problems", ()))


def _read_logs(paths):
    """Collect the problems of the installation and the update that ./dev has run."""
    line_start = re.compile(
        r"^\d{4}-\d\d-\d\d \S+ \d+ (WARNING|ERROR|CRITICAL) \S+ (.*)"
    )
    for path in filter(None, (paths or "").split(":")):
        for number, line in enumerate(Path(path).read_text().splitlines(), start=1):
            match = line_start.match(line)
            if match and not _noise.search(match[2]):
                _problems.append(f"{path}:{number}\n    {match[1]} {match[2]}")


def _be_patient_with_browsers():
    from odoo.tests import common  # needs the configuration that pytest-odoo has read

    start = common.ChromeBrowser.__init__

    def patient_start(self, *args, **kwargs):
        start(self, *args, **kwargs)
        self.throttling_factor = BROWSER_PATIENCE

    common.ChromeBrowser.__init__ = patient_start
    common.CHECK_BROWSER_ITERATIONS *= BROWSER_PATIENCE


def _fail_skipped(report):
    """A skipped test proves nothing: no browser, no PDF, no HTTP server count as failed."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = str(report.longrepr[2] if report.longrepr else "")
    if not any(re.search(allowed, reason) for allowed in ALLOWED_SKIPS):
        report.outcome = "failed"
        report.longrepr = f"{reason}\n(a skipped test counts as failed)"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    _fail_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    _fail_skipped(report)
    return report


def pytest_terminal_summary(terminalreporter):
    if _problems:
        terminalreporter.section("Odoo logged warnings or errors", red=True)
        for problem in _problems:
            terminalreporter.write_line(problem)
        terminalreporter.write_line(
            "Not ours? tools/log_noise.txt. Expected? mute_logger or assertLogs."
        )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session, exitstatus):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["problems"] = _problems
    if _problems and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
