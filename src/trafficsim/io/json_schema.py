"""JSON Schemas of our files, for editors."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Literal, get_args

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticOmit, core_schema

from trafficsim.spec.engines import as_written
from trafficsim.spec.fixes import Fixes
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.study import Study

Subject = Literal["scenario", "study", "network", "fixes"]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFERENCE = "#/$defs/{model}"


class _FileSchema(GenerateJsonSchema):
    """A file cannot hold objects that only Python can build, nor tell models of files apart from theirs."""

    def is_instance_schema(self, schema: core_schema.IsInstanceSchema) -> JsonSchemaValue:
        raise PydanticOmit

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        raise PydanticOmit


def schema_of(subject: str, policies: Mapping[str, type[Policy]]) -> dict[str, Any]:
    """Return the JSON Schema of scenario, study, network or fixes files.

    Parameters
    ----------
    subject
        ``"scenario"``, ``"study"``, ``"network"`` or ``"fixes"``.
    policies
        Classes of policies by kind, for studies.

    Examples
    --------
    >>> schema_of("scenario", {})["required"]
    ['name', 'network']
    """
    assert subject in get_args(Subject)
    if subject == "network":
        from trafficsim.io.network_file import network_schema

        return {"$schema": DIALECT, **network_schema()}
    models: dict[str, type[BaseModel]] = {"scenario": as_written(Scenario), "study": Study, "fixes": Fixes}
    model = models[subject]
    schema = model.model_json_schema(schema_generator=_FileSchema, ref_template=REFERENCE)
    if subject == "scenario":
        schema["description"] = inspect.cleandoc(Scenario.__doc__ or "")
    if subject == "study":
        _name_policies(schema, policies)
    return {"$schema": DIALECT, **schema}


def _name_policies(schema: dict[str, Any], policies: Mapping[str, type[Policy]]) -> None:
    definitions = schema.setdefault("$defs", {})
    for kind, policy in policies.items():
        own = policy.model_json_schema(schema_generator=_FileSchema, ref_template=REFERENCE)
        definitions.update(own.pop("$defs", {}))
        own["properties"] = {"kind": {"const": kind}, **own.get("properties", {})}
        own["required"] = ["kind", *own.get("required", [])]
        definitions[policy.__name__] = own
    definitions.pop("Policy", None)
    choices = [{"$ref": REFERENCE.format(model=policy.__name__)} for policy in policies.values()]
    schema["properties"]["alternatives"]["additionalProperties"] = {"type": "array", "items": {"anyOf": choices}}
    # Scenarios of a study file are paths.
    schema["properties"]["scenarios"]["items"] = {"type": "string"}
