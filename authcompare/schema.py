"""The API described (OpenAPI), derived from the same registry as its URLs."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from authcompare.authentication import Door


class DoorSchema(AutoSchema):
    """Groups operations by mechanism and variant."""


class DoorScheme(OpenApiAuthenticationExtension):
    """Each door's security scheme, as its carrier tells it."""

    target_class = Door
    match_subclasses = True

    @property
    def name(self):
        return f"{self.target.mechanism} ({self.target.carrier.name})"

    def get_security_definition(self, auto_schema):
        return self.target.carrier.openapi
