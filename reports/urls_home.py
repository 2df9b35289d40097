"""The home page, and what is done from it. Without a name space: its name is “home” everywhere."""

from django.urls import path

from reports.views_home import home_page, send_reminder

urlpatterns = [
    path("", home_page, name="home"),
    path("reminders/<slug:kind>/", send_reminder, name="send_reminder"),
]
