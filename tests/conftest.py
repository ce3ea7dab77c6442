"""What holds for all tests: machines differ in speed, and nobody's own state directory is touched."""

import os
import tempfile

from hypothesis import HealthCheck, settings

from tests.thoroughly import share

settings.register_profile(
    "everywhere", max_examples=share(100), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("everywhere")

os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="hub-mcp-tests-")
