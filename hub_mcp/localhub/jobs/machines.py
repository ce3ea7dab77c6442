"""The hardware for jobs and Spaces, with its price per hour."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class PricedMachine:
    """One kind of hardware; prices are like the Hub's, in US dollars per hour."""

    name: str
    pretty: str
    cpu: str
    ram: str
    storage: str
    price: float
    accelerator: str = ""
    quantity: int = 1
    vram: str = ""

    def as_json(self) -> dict[str, object]:
        """As the Hub lists it: priced per minute, also in millionths of a dollar."""
        kind = "neuron" if self.accelerator.startswith("Inf") else "gpu"
        accelerator = {
            "type": kind,
            "model": self.accelerator,
            "quantity": str(self.quantity),
            "vram": self.vram,
            "manufacturer": "AWS" if kind == "neuron" else "Nvidia",
        }
        micro = round(self.price / 60 * 1_000_000)
        return {
            "name": self.name,
            "prettyName": self.pretty,
            "cpu": self.cpu,
            "ram": self.ram,
            **({"ephemeralStorage": self.storage} if self.storage else {}),
            "accelerator": accelerator if self.accelerator else None,
            "unitCostMicroUSD": micro,
            "unitCostUSD": micro / 1_000_000,
            "unitLabel": "minute",
        }


_of = PricedMachine
MACHINES = {
    machine.name: machine
    for machine in (
        _of("cpu-basic", "CPU Basic", "2 vCPU", "16 GB", "20 GB", 0.01),
        _of("cpu-upgrade", "CPU Upgrade", "8 vCPU", "32 GB", "50 GB", 0.03),
        _of("cpu-performance", "CPU Performance", "32 vCPU", "256 GB", "200 GB", 1.90),
        _of("cpu-xl", "CPU XL", "16 vCPU", "124 GB", "1000 GB", 1.00),
        _of("t4-small", "Nvidia T4 - small", "4 vCPU", "15 GB", "50 GB", 0.40, "T4", 1, "16 GB"),
        _of("t4-medium", "Nvidia T4 - medium", "8 vCPU", "30 GB", "100 GB", 0.60, "T4", 1, "16 GB"),
        _of("l4x1", "1x Nvidia L4", "8 vCPU", "30 GB", "400 GB", 0.80, "L4", 1, "24 GB"),
        _of("l4x4", "4x Nvidia L4", "48 vCPU", "186 GB", "3200 GB", 3.80, "L4", 4, "96 GB"),
        _of("l40sx1", "1x Nvidia L40S", "8 vCPU", "62 GB", "380 GB", 1.80, "L40S", 1, "48 GB"),
        _of("l40sx4", "4x Nvidia L40S", "48 vCPU", "382 GB", "3200 GB", 8.30, "L40S", 4, "192 GB"),
        _of("l40sx8", "8x Nvidia L40S", "192 vCPU", "1534 GB", "6500 GB", 23.50, "L40S", 8, "384 GB"),
        _of("a10g-small", "Nvidia A10G - small", "4 vCPU", "15 GB", "110 GB", 1.00, "A10G", 1, "24 GB"),
        _of("a10g-large", "Nvidia A10G - large", "12 vCPU", "46 GB", "200 GB", 1.50, "A10G", 1, "24 GB"),
        _of("a100-large", "Nvidia A100 - large", "12 vCPU", "142 GB", "1000 GB", 2.50, "A100", 1, "80 GB"),
        _of("a100x4", "4x Nvidia A100", "48 vCPU", "568 GB", "4000 GB", 10.00, "A100", 4, "320 GB"),
        _of("a100x8", "8x Nvidia A100", "96 vCPU", "1136 GB", "8000 GB", 20.00, "A100", 8, "640 GB"),
        _of("h200", "Nvidia H200", "23 vCPU", "256 GB", "3000 GB", 5.00, "H200", 1, "141 GB"),
        _of("h200x8", "8x Nvidia H200", "184 vCPU", "2048 GB", "24000 GB", 40.00, "H200", 8, "1128 GB"),
        _of("inf2x6", "6x Inferentia2", "96 vCPU", "384 GB", "1000 GB", 12.00, "Inf2", 6, "192 GB"),
    )
}  # fmt: skip


def _for_spaces(name: str) -> PricedMachine:
    return replace(MACHINES[name], storage="")


OF_SPACES = (
    replace(_for_spaces("cpu-basic"), price=0.0),
    *map(_for_spaces, ("cpu-upgrade", "t4-small", "t4-medium", "l4x1", "l4x4", "l40sx1", "l40sx4", "l40sx8")),
    *map(_for_spaces, ("a10g-small", "a10g-large")),
    PricedMachine("a10g-largex2", "2x Nvidia A10G - large", "24 vCPU", "92 GB", "", 3.00, "A10G", 2, "48 GB"),
    PricedMachine(
        "a10g-largex4", "4x Nvidia A10G - large", "48 vCPU", "184 GB", "", 5.00, "A10G", 4, "96 GB"
    ),
    _for_spaces("a100-large"),
)
