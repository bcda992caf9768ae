"""How people sign in is a matter of settings: what they may say, and what is told where they are wrong."""

import pytest

from tidegate.node import BadConfigurationError, Configuration, read_configuration
from tidegate.node.configuration import roles_by_group, write_configuration

GOOD = {
    "people_sign_in": "both",
    "oidc_issuer": "https://id.customs.example/realms/officers",
    "oidc_client": "tidegate",
    "oidc_roles": ("cn=quay=officer", "heads = supervisor"),
}


def read(folder, environment=None, **said):
    write_configuration(folder, Configuration(**said))
    return read_configuration(folder, environment)


def test_groups_are_read_up_to_the_last_sign_in_their_order(tmp_path):
    assert roles_by_group(read(tmp_path, **GOOD)) == (("cn=quay", "officer"), ("heads", "supervisor"))


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"oidc_issuer": ""}, "needs oidc_issuer and oidc_client"),
        ({"oidc_client": ""}, "needs oidc_issuer and oidc_client"),
        ({"oidc_issuer": "http://id.customs.example"}, "must be an https address"),
        ({"oidc_issuer": "ftp://127.0.0.1"}, "must be an https address"),
        ({"oidc_roles": ("quay=king",)}, "one of officer, supervisor"),
        ({"oidc_roles": ("quay",)}, "should be a group"),
        ({"oidc_roles": ("trade=trader",)}, "one of officer, supervisor"),
        ({"oidc_roles": (), "oidc_unknown": "make"}, "needs oidc_roles"),
        ({"people_sign_in": "guess"}, "people_sign_in"),
        ({"second_factor_for": ("king",)}, "second_factor_for"),
    ],
)
def test_what_is_wrong_about_signing_in_is_told(tmp_path, wrong, what):
    with pytest.raises(BadConfigurationError, match=what):
        read(tmp_path, **(GOOD | wrong))


def test_a_provider_on_this_machine_may_do_without_tls(tmp_path):
    assert read(tmp_path, **(GOOD | {"oidc_issuer": "http://127.0.0.1:9000"})).oidc_client == "tidegate"


def test_the_environment_goes_before_the_file(tmp_path):
    said = {"TIDEGATE_PEOPLE_SIGN_IN": "oidc", "TIDEGATE_SECOND_FACTOR_FOR": "officer, director"}
    found = read(tmp_path, said, **GOOD)
    assert (found.people_sign_in, found.second_factor_for) == ("oidc", ("officer", "director"))
    assert read(tmp_path, {"TIDEGATE_SECOND_FACTOR_FOR": ""}, **GOOD).second_factor_for == ()
    with pytest.raises(BadConfigurationError):
        read(tmp_path, {"TIDEGATE_PEOPLE_SIGN_IN": "guess"}, **GOOD)


def test_in_earnest_those_who_decide_over_others_need_a_second_factor(tmp_path):
    asked = ("supervisor", "analyst", "auditor", "administrator")
    assert read(tmp_path).second_factor_for == asked
