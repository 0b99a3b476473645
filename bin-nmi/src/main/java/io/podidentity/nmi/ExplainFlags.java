package io.podidentity.nmi;

import io.podidentity.bin.Flag;

/** Flags of the command {@code explain}; see {@link ExplainCommand}. */
final class ExplainFlags {
  @Flag(
      names = "--client-id",
      hidden = true,
      description = "For the command explain: the client_id of the request; empty for none.")
  String clientId = "";

  @Flag(
      names = "--resource-id",
      hidden = true,
      description = "For the command explain: the msi_res_id of the request; empty for none.")
  String resourceId = "";

  @Flag(
      names = "--resource",
      hidden = true,
      description = "For the command explain: for which resource the token would be.")
  String resource = "https://management.azure.com/";

  @Flag(
      names = "--netns",
      hidden = true,
      description =
          "For the command explain: the file of the pod's network namespace, where it is not"
              + " found.")
  String netns = "";

  @Flag(
      names = "--lease",
      hidden = true,
      description = "For the command explain: MIC's lease, in the namespace of --MICNamespace.")
  String lease = "aad-pod-identity-mic";

  @Flag(
      names = "--output",
      hidden = true,
      description = "How the commands explain and doctor print: text or json.")
  String output = "text";
}
