"""Names where the public reads them: enough to know somebody again, not enough to look them up."""

STAR = "*"


def masked_name(name: str) -> str:
    """沈*兰, 李*, 买*******都: the first and the last sign stay; of two, the first."""
    if len(name) <= 2:
        return name[:1] + STAR * max(len(name) - 1, 1)
    return name[0] + STAR * (len(name) - 2) + name[-1]
