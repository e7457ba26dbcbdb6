"""Secrets at rest: where the key comes from, and what happens without it."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from signoff.gateway.vault import VARIABLE, FernetVault
from signoff.model.errors import SignoffException

pytestmark = pytest.mark.service


def test_what_was_encrypted_comes_back(tmp_path: Path) -> None:
    vault = FernetVault(tmp_path)
    token = vault.encrypt("grüße an alle")
    assert " an alle" not in token
    assert token != vault.encrypt("grüße an alle")
    assert FernetVault(tmp_path).decrypt(token) == "grüße an alle"


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    FernetVault(home).encrypt("x")
    file = home / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    FernetVault(home).encrypt("y")
    assert file.read_bytes() == before
    assert [each.name for each in home.iterdir()] == ["secret.key"]


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    FernetVault(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_many_who_need_a_key_at_once_agree_on_one(tmp_path: Path) -> None:
    vaults = [FernetVault(tmp_path) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda vault: vault.encrypt("x"), vaults))
    assert {FernetVault(tmp_path).decrypt(token) for token in tokens} == {"x"}


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, Fernet.generate_key().decode())
    token = FernetVault(tmp_path).encrypt("x")
    assert not (tmp_path / "secret.key").exists()
    assert FernetVault(tmp_path).decrypt(token) == "x"
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(SignoffException, match=VARIABLE):
        FernetVault(tmp_path).decrypt(token)


def test_a_given_key_goes_before_both(tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    assert FernetVault(tmp_path, key).decrypt(FernetVault(tmp_path, key).encrypt("x")) == "x"
    assert list(tmp_path.iterdir()) == []


def test_an_unusable_key_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SignoffException, match="generate_key"):
        FernetVault(tmp_path, "short").encrypt("x")
    (tmp_path / "secret.key").write_text("nonsense")
    with pytest.raises(SignoffException, match=r"secret\.key holds no usable key"):
        FernetVault(tmp_path).encrypt("x")


def test_the_heavy_library_is_loaded_with_the_first_secret_only() -> None:
    program = (
        "import sys, pathlib, signoff.gateway.vault as v; v.FernetVault(pathlib.Path('/x'));"
        "sys.exit('cryptography' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
