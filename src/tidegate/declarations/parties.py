"""Who: the parties of the WCO Data Model, where they are and how they are reached."""

from tidegate.declarations.stated import A2, An3, An4, An9, An17, An35, An50, An70, An256, Stated


class Address(Stated, frozen=True):
    """WCO class 04A, and the address of a goods location with its qualifier (``TypeCode``)."""

    type_code: An3 = None
    city_name: An35 = None
    country_code: A2 = None
    country_sub_division_code: An9 = None
    country_sub_division_name: An35 = None
    line: An70 = None
    postcode_id: An9 = None


class Contact(Stated, frozen=True):
    """The person or desk to turn to."""

    name: An70 = None


class Communication(Stated, frozen=True):
    """A number or address at which somebody is reached, and by what means (``TypeCode``)."""

    id: An50 = None
    type_code: An3 = None


class Party(Stated, frozen=True):
    """One party in whatever role its element names: Declarant, Agent, Importer, Exporter, Buyer, ..."""

    name: An70 = None
    id: An17 = None
    function_code: An3 = None
    address: Address | None = None
    contact: Contact | None = None
    communication: Communication | None = None
    role_code: An3 = None


class AuthorisationHolder(Stated, frozen=True):
    """Who holds which authorisation."""

    id: An17 = None
    category_code: An4 = None


class Authenticator(Stated, frozen=True):
    """Who vouches for the declaration."""

    name: An70 = None


class Authentication(Stated, frozen=True):
    """How the declaration is vouched for."""

    authentication: An256 = None
    authenticator: Authenticator | None = None
