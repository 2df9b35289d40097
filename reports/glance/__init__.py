"""The county at a glance: ratios with their limits, flows, what is short and late, the evidence sheet, the leader's page."""
