"""What holds for all tests: machines differ in speed, so no example is failed for being slow."""

from hypothesis import HealthCheck, settings

settings.register_profile("everywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("everywhere")
