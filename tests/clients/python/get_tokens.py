"""Gets tokens from the metadata service with azure-identity and prints them, one per line.

usage: get_tokens.py WANTED...   WANTED: any, client-id=ID, resource-id=ID, or default-credential
"""

import sys

from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

SCOPE = "https://management.azure.com/.default"


def credential(wanted):
    name, _, value = wanted.partition("=")
    if name == "any":
        return ManagedIdentityCredential()
    if name == "client-id":
        return ManagedIdentityCredential(client_id=value)
    if name == "resource-id":
        return ManagedIdentityCredential(identity_config={"resource_id": value})
    if name == "default-credential":
        return DefaultAzureCredential()
    raise SystemExit(__doc__)


for argument in sys.argv[1:]:
    print(credential(argument).get_token(SCOPE).token, flush=True)
