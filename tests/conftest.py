"""What holds for all tests: machines differ in speed, and nobody's own state directory is touched."""

import os
import tempfile

from hypothesis import HealthCheck, settings

settings.register_profile("everywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("everywhere")

os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="hub-mcp-tests-")
