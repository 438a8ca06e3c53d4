"""What every section of the settings has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError


class Section(BaseModel):
    """A section of the config file; unknown keys are errors, and values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_numbers(cls, value: object, info: ValidationInfo) -> object:
        """Rejects TOML's ``true`` as a number: Python would read it as 1."""
        name = info.field_name
        if isinstance(value, bool) and name in cls.model_fields and cls.model_fields[name].annotation is not bool:
            raise PydanticCustomError("not_a_truth_value", "true and false are not allowed here")
        return value
