package io.podidentity.api.model;

import java.util.regex.Pattern;

/** The form of a node's {@code spec.providerID} on Azure. */
final class ProviderIdForm {
  static final Pattern PATTERN =
      Pattern.compile(
          "azure://"
              + "/subscriptions/(?<subscription>[^/]+)/resourcegroups/(?<group>[^/]+)"
              + "/providers/microsoft\\.compute"
              + "(?:/virtualmachinescalesets/(?<scaleset>[^/]+))?"
              + "/virtualmachines/(?<machine>[^/]+)",
          Pattern.CASE_INSENSITIVE);

  private ProviderIdForm() {}
}
