package io.podidentity.nmi;

import picocli.CommandLine.Option;

/** Flags of the command {@code explain}; see {@link ExplainCommand}. */
final class ExplainFlags {
  @Option(
      names = "--client-id",
      hidden = true,
      description = "For the command explain: the client_id of the request; empty for none.")
  String clientId = "";

  @Option(
      names = "--resource-id",
      hidden = true,
      description = "For the command explain: the msi_res_id of the request; empty for none.")
  String resourceId = "";

  @Option(
      names = "--resource",
      hidden = true,
      description = "For the command explain: for which resource the token would be.")
  String resource = "https://management.azure.com/";

  @Option(
      names = "--netns",
      hidden = true,
      description =
          "For the command explain: the file of the pod's network namespace, where it is not"
              + " found.")
  String netns = "";

  @Option(
      names = "--lease",
      hidden = true,
      description = "For the command explain: MIC's lease, in the namespace of --MICNamespace.")
  String lease = "aad-pod-identity-mic";

  @Option(
      names = "--output",
      hidden = true,
      description = "How the commands explain and doctor print: text or json.")
  String output = "text";
}
