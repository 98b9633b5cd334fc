"""Papers as PDF: letterheads, tables, room for signatures and stamps, QR codes (docs/decisions/0160).

A :class:`Paper` is written from top to bottom and knows nothing of what it says. Drawing one takes tenths of a second
of CPU: services do it through ``shared.messaging.offload``.
"""

from shared.printing.paper import Column, Letterhead, Paper, Picture, Signature

__all__ = ["Column", "Letterhead", "Paper", "Picture", "Signature"]
