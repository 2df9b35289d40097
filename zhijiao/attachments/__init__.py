"""Photos and documents that hang on a record: taken in with suspicion, kept outside every web root, served by scope.

attachments.register(Activity, may_see, may_change)      # in AppConfig.ready of the app that owns the record
store(upload, activity, by=request.user)                 # zhijiao.attachments.storing
{% load attachments %}{% attachments activity %}         # photos and files on a detail page
"""

from zhijiao.attachments.registry import register

__all__ = ["register"]
