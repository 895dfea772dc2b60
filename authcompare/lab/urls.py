"""URLs of the lab, which exist with LAB=1 only."""

from django.urls import path

from authcompare.lab import attacker_site
from authcompare.lab.authenticator_order import OrderView
from authcompare.lab.copies import CopyView, ForgetView, PresentView, ReplayView
from authcompare.lab.middleware_probe import PATH, ProbeView
from authcompare.lab.sandboxes import AccountView, SandboxView
from authcompare.lab.second_server import TwinView

urlpatterns = [
    path("lab/api/sandbox/", SandboxView.as_view(), name="lab-sandbox"),
    path("lab/api/account/", AccountView.as_view(), name="lab-account"),
    path("lab/api/copy/", CopyView.as_view(), name="lab-copy"),
    path("lab/api/forget/", ForgetView.as_view(), name="lab-forget"),
    path("lab/api/replay/", ReplayView.as_view(), name="lab-replay"),
    path("lab/api/present/", PresentView.as_view(), name="lab-present"),
    path("lab/api/receipt/<str:name>/", attacker_site.receipt, name="lab-receipt"),
    path("lab/elsewhere/", attacker_site.page, name="lab-elsewhere"),
    path("lab/form/<str:mechanism>/<str:variant>/", attacker_site.form, name="lab-form"),
    path("lab/api/twin/", TwinView.as_view(), name="lab-twin"),
    path(PATH.lstrip("/"), ProbeView.as_view(), name="lab-chain"),
    path("lab/api/order/", OrderView.as_view(), name="lab-order"),
]
