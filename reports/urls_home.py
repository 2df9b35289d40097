"""The home page. Without a name space: its name is “home” everywhere."""

from django.urls import path

from reports.views_home import home_page

urlpatterns = [path("", home_page, name="home")]
