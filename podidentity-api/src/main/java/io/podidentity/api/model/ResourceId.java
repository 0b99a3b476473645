package io.podidentity.api.model;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ID of an Azure resource in a resource group, as in {@code
 * /subscriptions/SUB/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME}.
 * Azure treats IDs as equal whatever their letter case, and so do {@code equals} and {@code
 * hashCode}.
 *
 * @param value the ID as it was written; checked to have the form above, with exactly one type and
 *     one name
 * @see <a
 *     href="https://learn.microsoft.com/azure/azure-resource-manager/management/overview">Resource
 *     IDs</a>
 */
public record ResourceId(String value) {
  static final String COMPUTE = "Microsoft.Compute";

  private static final Pattern FORM =
      Pattern.compile(
          "/subscriptions/([^/]+)/resourcegroups/([^/]+)/providers/([^/]+)/([^/]+)/([^/]+)",
          Pattern.CASE_INSENSITIVE);
  private static final String IDENTITY_PROVIDER = "Microsoft.ManagedIdentity";
  private static final String IDENTITY_TYPE = "userAssignedIdentities";

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException if the text is not an ID of the form above
   */
  public ResourceId {
    Objects.requireNonNull(value, "value");
    match(value);
  }

  /** Puts an ID together from its parts, none of which may be empty or hold a slash. */
  public static ResourceId of(
      String subscription, String resourceGroup, String provider, String type, String name) {
    return new ResourceId(
        "/subscriptions/%s/resourceGroups/%s/providers/%s/%s/%s"
            .formatted(subscription, resourceGroup, provider, type, name));
  }

  /** Whether this names a user-assigned managed identity. */
  public boolean isUserAssignedIdentity() {
    return isA(IDENTITY_PROVIDER, IDENTITY_TYPE);
  }

  boolean isA(String provider, String type) {
    Matcher parts = match(value);
    return IgnoringCase.equal(parts.group(3), provider) && IgnoringCase.equal(parts.group(4), type);
  }

  /** The subscription's ID, as written. */
  public String subscription() {
    return match(value).group(1);
  }

  /** The resource group's name, as written. */
  public String resourceGroup() {
    return match(value).group(2);
  }

  /** The resource's own name, as written. */
  public String name() {
    return match(value).group(5);
  }

  /** The ID in lower case, the form in which AAD Pod Identity v1 sends it to Azure. */
  public String lowerCase() {
    return value.toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ResourceId that && IgnoringCase.equal(value, that.value);
  }

  @Override
  public int hashCode() {
    return IgnoringCase.hash(value);
  }

  @Override
  public String toString() {
    return value;
  }

  private static Matcher match(String value) {
    Matcher matcher = FORM.matcher(value);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\""
              + value
              + "\" is not a resource ID of the form"
              + " /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/PROVIDER/TYPE/NAME");
    }
    return matcher;
  }
}
