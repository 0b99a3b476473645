package io.podidentity.azure.arm;

import static com.azure.resourcemanager.compute.models.ResourceIdentityType.NONE;
import static com.azure.resourcemanager.compute.models.ResourceIdentityType.SYSTEM_ASSIGNED;
import static com.azure.resourcemanager.compute.models.ResourceIdentityType.SYSTEM_ASSIGNED_USER_ASSIGNED;
import static com.azure.resourcemanager.compute.models.ResourceIdentityType.USER_ASSIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.azure.resourcemanager.compute.models.ResourceIdentityType;
import io.podidentity.api.model.ResourceId;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class IdentityDeltaTest {
  private static final Set<ResourceId> NOTHING = Set.of();

  static Stream<Arguments> transitions() {
    return Stream.of(
        argumentSet("none, attach", false, "", "a", "", USER_ASSIGNED, false),
        argumentSet("user, attach", false, "x", "a", "", USER_ASSIGNED, false),
        argumentSet("system, attach", true, "", "a", "", SYSTEM_ASSIGNED_USER_ASSIGNED, false),
        argumentSet("both, attach", true, "x", "a", "", SYSTEM_ASSIGNED_USER_ASSIGNED, false),
        argumentSet("user, detach one of two", false, "a x", "", "a", USER_ASSIGNED, false),
        argumentSet(
            "both, detach one of two", true, "a x", "", "a", SYSTEM_ASSIGNED_USER_ASSIGNED, false),
        argumentSet("user, detach the last", false, "a", "", "a", NONE, true),
        argumentSet("both, detach the last", true, "a", "", "a", SYSTEM_ASSIGNED, true),
        argumentSet("user, replace the last", false, "a", "b", "a", USER_ASSIGNED, false),
        argumentSet(
            "both, replace the last", true, "a", "b", "a", SYSTEM_ASSIGNED_USER_ASSIGNED, false));
  }

  @ParameterizedTest
  @MethodSource("transitions")
  void theTypeKeepsWhatIsThere(
      boolean system,
      String present,
      String attach,
      String detach,
      ResourceIdentityType type,
      boolean clears) {
    IdentityDelta delta =
        IdentityDelta.between(state(system, present), ids(attach), ids(detach), 150);

    assertThat(delta.type()).isEqualTo(type);
    assertThat(delta.clears()).isEqualTo(clears);
    assertThat(delta.isEmpty()).isFalse();
  }

  /** v1 said {@code None} here, and took the machine's own identity away. */
  @Test
  void detachingWhatIsGoneChangesNothingOnAMachineWithASystemAssignedIdentityOnly() {
    assertThat(IdentityDelta.between(state(true, ""), NOTHING, ids("a"), 150).isEmpty()).isTrue();
  }

  @Test
  void nothingChangesWhereAllIsAsItShallBe() {
    assertThat(IdentityDelta.between(state(false, "a x"), ids("a"), ids("b"), 150).isEmpty())
        .isTrue();
  }

  @Test
  void letterCaseDoesNotMatterAndIdsGoInLowerCase() {
    ResourceId shouted = new ResourceId(id("a").value().toUpperCase(Locale.ROOT));
    ResourceId mixed =
        new ResourceId(id("b").value().replace("microsoft", "Microsoft").replace("sub", "SUB"));

    IdentityDelta delta =
        IdentityDelta.between(state(false, "a x"), Set.of(shouted, mixed), NOTHING, 150);

    assertThat(delta.attach()).containsExactly(id("b").lowerCase());
  }

  @Test
  void whatIsWantedAndUnwantedStays() {
    assertThat(IdentityDelta.between(state(false, "a"), ids("a"), ids("a"), 150).isEmpty())
        .isTrue();
  }

  @Test
  void additionsComeFirstWhereThereIsNotRoomForAll() {
    Set<ResourceId> attach = many("a", 100);
    Set<ResourceId> detach = many("d", 100);
    IdentityState state =
        new IdentityState(
            false,
            detach.stream().map(ResourceId::lowerCase).collect(Collectors.toSet()),
            "Succeeded",
            null);

    IdentityDelta delta = IdentityDelta.between(state, attach, detach, 150);

    assertThat(delta.attach()).hasSize(100).isSorted();
    assertThat(delta.detach()).hasSize(50).isSorted();
    assertThat(delta.size()).isEqualTo(150);
    assertThat(delta.clears()).isFalse();
  }

  @Test
  void aPartOfARemovalOfAllClearsNothing() {
    Set<ResourceId> detach = many("d", 151);
    IdentityState state =
        new IdentityState(
            true,
            detach.stream().map(ResourceId::lowerCase).collect(Collectors.toSet()),
            "Succeeded",
            null);

    IdentityDelta delta = IdentityDelta.between(state, NOTHING, detach, 150);

    assertThat(delta.clears()).isFalse();
    assertThat(delta.type()).isEqualTo(SYSTEM_ASSIGNED_USER_ASSIGNED);
  }

  @Test
  void showsTheFirstFewIdsOnly() {
    IdentityDelta delta = IdentityDelta.between(state(false, ""), many("a", 100), NOTHING, 150);

    assertThat(delta.toString()).contains("attach 100, among them").hasSizeLessThan(500);
  }

  private static IdentityState state(boolean system, String names) {
    return new IdentityState(
        system,
        ids(names).stream().map(ResourceId::lowerCase).collect(Collectors.toSet()),
        "Succeeded",
        null);
  }

  private static Set<ResourceId> many(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> id("%s%03d".formatted(prefix, i)))
        .collect(Collectors.toSet());
  }

  private static Set<ResourceId> ids(String names) {
    return names.isEmpty()
        ? Set.of()
        : List.of(names.split(" ")).stream().map(IdentityDeltaTest::id).collect(Collectors.toSet());
  }

  private static ResourceId id(String name) {
    return ResourceId.of(
        "sub", "group", "microsoft.managedidentity", "userAssignedIdentities", name);
  }
}
