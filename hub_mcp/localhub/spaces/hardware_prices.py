"""The hardware that a Space can be given, with what each costs, as the Hub lists it for everybody."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..web.response import HubJSON

# name, pretty name, virtual CPUs, GB of RAM, accelerator (model, how many, GB of its RAM), US dollars an hour
OFFERED: tuple[tuple[str, str, int, int, tuple[str, int, int] | None, float], ...] = (
    ("cpu-basic", "CPU Basic", 2, 16, None, 0.0),
    ("cpu-upgrade", "CPU Upgrade", 8, 32, None, 0.03),
    ("t4-small", "Nvidia T4 - small", 4, 15, ("T4", 1, 16), 0.40),
    ("t4-medium", "Nvidia T4 - medium", 8, 30, ("T4", 1, 16), 0.60),
    ("l4x1", "1x Nvidia L4", 8, 30, ("L4", 1, 24), 0.80),
    ("l4x4", "4x Nvidia L4", 48, 186, ("L4", 4, 96), 3.80),
    ("l40sx1", "1x Nvidia L40S", 8, 62, ("L40S", 1, 48), 1.80),
    ("l40sx4", "4x Nvidia L40S", 48, 382, ("L40S", 4, 192), 8.30),
    ("l40sx8", "8x Nvidia L40S", 192, 1534, ("L40S", 8, 384), 23.50),
    ("a10g-small", "Nvidia A10G - small", 4, 15, ("A10G", 1, 24), 1.00),
    ("a10g-large", "Nvidia A10G - large", 12, 46, ("A10G", 1, 24), 1.50),
    ("a10g-largex2", "2x Nvidia A10G - large", 24, 92, ("A10G", 2, 48), 3.00),
    ("a10g-largex4", "4x Nvidia A10G - large", 48, 184, ("A10G", 4, 96), 5.00),
    ("a100-large", "Nvidia A100 - large", 12, 142, ("A100", 1, 80), 2.50),
)


async def hardware(_: Request) -> Response:
    """GET /api/spaces/hardware: everybody may read it; what is given only on request is not in it."""
    return HubJSON([_entry(*one) for one in OFFERED])


def _entry(
    name: str, pretty: str, cpus: int, ram: int, accelerator: tuple[str, int, int] | None, hourly: float
) -> dict[str, object]:
    micro = round(hourly / 60 * 1_000_000)
    return {
        "name": name,
        "prettyName": pretty,
        "cpu": f"{cpus} vCPU",
        "ram": f"{ram} GB",
        "accelerator": accelerator and _accelerator(*accelerator),
        "unitCostMicroUSD": micro,
        "unitCostUSD": micro / 1_000_000,
        "unitLabel": "minute",
    }


def _accelerator(model: str, quantity: int, vram: int) -> dict[str, str]:
    return {
        "type": "gpu",
        "model": model,
        "quantity": str(quantity),
        "vram": f"{vram} GB",
        "manufacturer": "Nvidia",
    }


routes = [Route("/api/spaces/hardware", hardware, methods=["GET"])]
