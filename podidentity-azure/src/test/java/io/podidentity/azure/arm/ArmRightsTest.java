package io.podidentity.azure.arm;

import static io.podidentity.azure.arm.SimulatedCluster.MACHINE;
import static io.podidentity.azure.arm.SimulatedCluster.SCALE_SET;
import static io.podidentity.azure.arm.SimulatedCluster.identityId;
import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Reply;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What roles give, as Resource Manager lists it. */
final class ArmRightsTest {
  private static final String VIRTUAL_MACHINE_CONTRIBUTOR =
      "{\"actions\":[\"Microsoft.Authorization/*/read\",\"Microsoft.Compute/virtualMachines/*\","
          + "\"Microsoft.Compute/virtualMachineScaleSets/*\"],\"notActions\":[]}";
  private static final String READER = "{\"actions\":[\"*/read\"],\"notActions\":[]}";

  private final SimulatedCluster cluster = new SimulatedCluster();
  private final ArmRights rights = cluster.rights();

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void isAskedOfTheResourceAsTheClustersIdentity() {
    cluster.create("A");
    assertThat(rights.may(identityId("A"), ArmRights.ASSIGN)).contains(true);

    cluster.azure().denyAssign(identityId("A").value());
    assertThat(rights.may(identityId("A"), ArmRights.ASSIGN)).contains(false);
    assertThat(rights.may(MACHINE.id(), ArmRights.changeOf(MACHINE))).contains(true);
    assertThat(cluster.arm("GET"))
        .extracting(request -> request.path().toLowerCase(java.util.Locale.ROOT))
        .contains(
            MACHINE.id().lowerCase() + "/providers/microsoft.authorization/permissions",
            identityId("A").lowerCase() + "/providers/microsoft.authorization/permissions");
  }

  // https://learn.microsoft.com/azure/role-based-access-control/role-definitions#wildcard-permissions
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[%contributor%]                                                           | true",
        "[%reader%]                                                                | false",
        "[%reader%,%contributor%]                                                  | true",
        "[]                                                                        | false",
        "[{'actions':['*'],'notActions':['microsoft.compute/*/WRITE']}]            | false",
        "[{'actions':['*'],'notActions':['*/delete']}]                             | true",
        "[{'actions':['*'],'notActions':['*/write']},%contributor%]                | true",
        "[{'actions':['Microsoft.Compute/virtualMachineScaleSets/write']}]         | true",
        "[{'actions':['Microsoft.Compute/virtualMachines/write']}]                 | false",
        "[{'actions':['Microsoft.Compute/virtualMachineScaleSets/write/x']}]       | false",
        "[{'dataActions':['*']}]                                                   | false",
      })
  void roleHasTheActionIfOneOfItsPatternsIsItAndNoExceptionIs(String value, boolean may) {
    listed(value);

    assertThat(rights.may(SCALE_SET.id(), ArmRights.changeOf(SCALE_SET))).contains(may);
  }

  @Test
  void whatIsOnFurtherPagesIsNotKnown() {
    answer(200, "{\"value\":[" + READER + "],\"nextLink\":\"https://example/2\"}");

    assertThat(rights.may(MACHINE.id(), ArmRights.changeOf(MACHINE))).isEmpty();
  }

  /** Azure Stack may have none, and a role of one's own need not let its holder ask. */
  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 429, 500})
  void whatIsNotToldIsNotKnown(int status) {
    answer(status, "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"no\"}}");

    assertThat(rights.may(MACHINE.id(), ArmRights.changeOf(MACHINE))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"value\":\"*\"}", "<html>"})
  void whatIsNotUnderstoodIsNotKnown(String body) {
    answer(200, body);

    assertThat(rights.may(MACHINE.id(), ArmRights.changeOf(MACHINE))).isEmpty();
  }

  private void listed(String value) {
    answer(
        200,
        "{\"value\":%s}"
            .formatted(
                value
                    .replace('\'', '"')
                    .replace("%contributor%", VIRTUAL_MACHINE_CONTRIBUTOR)
                    .replace("%reader%", READER)));
  }

  private void answer(int status, String body) {
    cluster.simulated().arm().faults().always(Fault.reply(new Reply(status, Map.of(), body)));
  }
}
