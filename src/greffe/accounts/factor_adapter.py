"""What we change in django-allauth's second factors: secrets are sealed, the names are ours."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter

from greffe.notices.sealed import seal, unseal


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Seals secrets with the deployment's own; stock, the hook does nothing."""

    def encrypt(self, text: str) -> str:
        """Give a secret as it is kept."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Give a kept secret back; one sealed with a former secret too."""
        return unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name this registry to passkeys: by its host, and in words."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Greffe"}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """Name the account to passkeys: by its username alone, for others may see it."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.username, "name": user.username}
