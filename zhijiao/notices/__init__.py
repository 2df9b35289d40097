"""What people are told: notices in the site and by e-mail, in words that the bureau writes.

    from zhijiao.notices.sending import notify

    notify([user], "sent_back", {"teacher": "沈若兰", "reason": "…"}, url="/secondments/7/", key="sent_back:7:3")

Kinds are registered by the apps (`zhijiao.notices.kinds.register`); this package knows nothing of teachers.
"""
