package io.podidentity.testkit.azure;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ID of a resource in a resource group. Equal ignoring case, as Azure compares; the text is
 * kept as it was written first. Immutable.
 *
 * <p>Source:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 * ("resource names are case-insensitive unless specified").
 */
public final class ArmId {
  static final String VIRTUAL_MACHINE = "Microsoft.Compute/virtualMachines";
  static final String SCALE_SET = "Microsoft.Compute/virtualMachineScaleSets";
  static final String USER_ASSIGNED_IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities";

  private static final Pattern FORM =
      Pattern.compile(
          "/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/([^/]+/[^/]+)/([^/]+)",
          Pattern.CASE_INSENSITIVE);

  private final String text;
  private final String subscription;
  private final String resourceGroup;
  private final String type;
  private final String name;

  private ArmId(String text, Matcher parts) {
    this.text = text;
    this.subscription = Objects.requireNonNull(parts.group(1));
    this.resourceGroup = Objects.requireNonNull(parts.group(2));
    this.type = Objects.requireNonNull(parts.group(3));
    this.name = Objects.requireNonNull(parts.group(4));
  }

  /**
   * Reads an ID.
   *
   * @throws IllegalArgumentException if it is not of the form {@code
   *     /subscriptions/S/resourceGroups/G/providers/NAMESPACE/TYPE/NAME}
   */
  public static ArmId parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "not a resource ID of the form"
              + " /subscriptions/S/resourceGroups/G/providers/NAMESPACE/TYPE/NAME: "
              + text);
    }
    return new ArmId(text, parts);
  }

  /** Whether {@link #parse} would take it. */
  static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  static ArmId of(String subscription, String resourceGroup, String type, String name) {
    return parse(
        "/subscriptions/"
            + subscription
            + "/resourceGroups/"
            + resourceGroup
            + "/providers/"
            + type
            + "/"
            + name);
  }

  /** As it was written. */
  public String text() {
    return text;
  }

  /** The subscription's ID. */
  public String subscription() {
    return subscription;
  }

  /** The resource group's name. */
  public String resourceGroup() {
    return resourceGroup;
  }

  /** Namespace and type, for example {@code Microsoft.Compute/virtualMachines}. */
  public String type() {
    return type;
  }

  /** The resource's name. */
  public String name() {
    return name;
  }

  /** Whether it is of this type, ignoring case. */
  boolean is(String wanted) {
    return type.equalsIgnoreCase(wanted);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ArmId that && text.equalsIgnoreCase(that.text);
  }

  @Override
  public int hashCode() {
    return text.toLowerCase(Locale.ROOT).hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
