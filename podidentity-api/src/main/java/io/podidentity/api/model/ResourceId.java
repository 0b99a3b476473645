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
 *     one name, of characters that Azure allows in names: no blank, comma or control character
 * @see <a
 *     href="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules">Naming
 *     rules</a>
 */
public record ResourceId(String value) {
  static final String COMPUTE = "Microsoft.Compute";

  // Of resource groups; other names have fewer characters. None ends with a period.
  private static final String NAME = "([\\p{L}\\p{Nd}_.()-]*[\\p{L}\\p{Nd}_()-])";

  private static final String PROVIDER = "([a-z0-9]+(?:\\.[a-z0-9]+)*)";

  private static final Pattern FORM =
      Pattern.compile(
          "/subscriptions/([a-z0-9-]+)/resourcegroups/%s/providers/%s/([a-z0-9]+)/%s"
              .formatted(NAME, PROVIDER, NAME),
          Pattern.CASE_INSENSITIVE);
  private static final Pattern IDENTITY_NAME = Pattern.compile("[A-Za-z0-9_-]+");
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
    if (value.toLowerCase(Locale.ROOT).length() != value.length()) {
      // The one letter whose lower case is two characters: the ID would not be equal to its own.
      throw malformed(value);
    }
  }

  /**
   * Puts an ID together from its parts.
   *
   * @throws IllegalArgumentException if one is empty or has characters that Azure does not allow
   */
  public static ResourceId of(
      String subscription, String resourceGroup, String provider, String type, String name) {
    return new ResourceId(
        "/subscriptions/%s/resourceGroups/%s/providers/%s/%s/%s"
            .formatted(subscription, resourceGroup, provider, type, name));
  }

  /** Whether this names a user-assigned managed identity. */
  public boolean isUserAssignedIdentity() {
    return isA(IDENTITY_PROVIDER, IDENTITY_TYPE) && IDENTITY_NAME.matcher(name()).matches();
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
      throw malformed(value);
    }
    return matcher;
  }

  private static IllegalArgumentException malformed(String value) {
    return new IllegalArgumentException(
        "\""
            + value
            + "\" is not a resource ID of the form"
            + " /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/PROVIDER/TYPE/NAME");
  }
}
