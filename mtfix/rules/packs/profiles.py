"""Loads house profiles: those that ship, the user's own, or a file by its path."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mtfix.errors import ConfigError, MtfixError, read_mistake, unknown_name
from mtfix.files.cache import cache_folder, digest_parts, read_cached, write_cached
from mtfix.profile import SETTINGS, Profile
from mtfix.rules.packs.find import user_pack_folder
from mtfix.rules.packs.yamlmarks import load_marked


class ProfileModel(BaseModel):
    """YAML of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    profile: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    about: str = ""
    since: str = ""
    settings: dict[str, str] = Field(default_factory=dict)


def user_profile_folder() -> Path:
    """Return the folder of the user's own profiles, beside that of the packs."""
    return user_pack_folder().parent / "profiles"


def list_profiles() -> dict[str, Path]:
    """Return name -> file of the profiles that ship and of the user's; the user's win."""
    ours = Path(str(resources.files("mtfix") / "packs" / "profiles"))
    return {p.stem: p for folder in (ours, user_profile_folder()) for p in sorted(folder.glob("*.yaml"))}


def load_profile(name: str | Path) -> Profile:
    """Return a profile by name or path.

    Raises:
        ConfigError: an unknown name (the known ones are listed), or ``file:line:column: what is wrong``.
    """
    known = list_profiles()
    path = known.get(str(name))
    if path is None:
        path = Path(name)
        if path.suffix not in (".yaml", ".yml"):
            raise ConfigError(unknown_name("profile", str(name), known))
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such profile file. Known profiles: {', '.join(known)}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot read the profile: {error}") from None
    if cache_folder() is None:
        return parse_profile(text, str(path))
    place = f"profile-{digest_parts(text)}.json"
    kept = read_cached(place)
    if kept is not None:
        return Profile(*kept)
    profile = parse_profile(text, str(path))
    write_cached(place, [profile.name, profile.about, profile.since, dict(profile.settings)])
    return profile


def parse_profile(text: str, name: str) -> Profile:
    """Validate the text of a profile. Raises ConfigError with the place of the mistake."""
    marked = load_marked(text, name)
    if not isinstance(marked.value, dict):
        raise ConfigError(f"{name}:1:1: a profile is a map with the keys {', '.join(ProfileModel.model_fields)}")
    try:
        model = ProfileModel.model_validate(marked.value)
    except ValidationError as error:
        mistake = read_mistake(error)
        place = marked.place(mistake.place)
        if mistake.is_unknown_key:
            raise ConfigError(f"{place}: " + unknown_name("key", mistake.key, ProfileModel.model_fields)) from None
        raise ConfigError(f"{place}: '{mistake.key}': {mistake.message}") from None
    for setting in model.settings:
        if setting not in SETTINGS:
            raise ConfigError(
                f"{marked.place(('settings', setting))}: " + unknown_name("profile setting", setting, SETTINGS)
            )
    try:
        return Profile(model.profile, model.about, model.since, model.settings)
    except MtfixError as error:
        raise ConfigError(f"{marked.place(('settings',))}: {error}") from None
