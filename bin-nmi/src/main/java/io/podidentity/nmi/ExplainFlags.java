package io.podidentity.nmi;

import io.podidentity.bin.Flag;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
      names = "--leader-election-namespace",
      hidden = true,
      description = "For the command explain: the namespace of MIC's lease, as MIC has it.")
  String leaseNamespace = "default";

  @Flag(
      names = "--leader-election-name",
      hidden = true,
      description = "For the command explain: the name of MIC's lease, as MIC has it.")
  String leaseName = "aad-pod-identity-mic";

  @Flag(
      names = "--allowed-subscriptions",
      hidden = true,
      description =
          "For the command explain: the subscription of MIC's azure.json, and those of the flag of"
              + " this name that MIC has, with commas; empty for any.")
  String allowedSubscriptions = "";

  @Flag(
      names = "--output",
      hidden = true,
      description = "How the commands explain and doctor print: text or json.")
  String output = "text";

  /** Whether MIC may change machines of a subscription, by its ID; case does not matter. */
  Predicate<String> subscriptions() {
    Set<String> allowed =
        Stream.of(allowedSubscriptions.split(",", -1))
            .map(ExplainFlags::folded)
            .filter(id -> !id.isEmpty())
            .collect(Collectors.toUnmodifiableSet());
    return id -> allowed.isEmpty() || allowed.contains(folded(id));
  }

  private static String folded(String id) {
    return id.trim().toLowerCase(Locale.ROOT);
  }
}
