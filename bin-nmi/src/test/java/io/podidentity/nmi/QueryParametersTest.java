package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryParametersTest {
  // The query of the sample request on
  // https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
  @Test
  void readsTheDocumentedRequest() {
    QueryParameters query =
        QueryParameters.parse(
            "api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F");

    assertThat(query.get("resource")).isEqualTo("https://management.azure.com/");
    assertThat(query.get("api-version")).isEqualTo("2018-02-01");
    assertThat(query.get("client_id")).isEmpty();
  }

  @Test
  void decodesOnceAndTakesAPlusForASpace() {
    QueryParameters query = QueryParameters.parse("a=%252F+%2B&b=x=y&%63=%C3%A9&&d&=e");

    assertThat(query.get("a")).isEqualTo("%2F +");
    assertThat(query.get("b")).isEqualTo("x=y");
    assertThat(query.get("c")).isEqualTo("é");
    assertThat(query.get("d")).isEmpty();
  }

  @Test
  void namesKeepTheirLetterCase() {
    assertThat(QueryParameters.parse("Resource=x").get("resource")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resource=a&resource=b",
        "resource=a&resource=a",
        "resource=a&%72esource=b",
        "client_id&client_id",
        "resource=%",
        "resource=%2",
        "resource=%zz",
        "resource=%FF",
        "resource=%00",
        "resource=a%0d%0aX: y",
        "resource=a;client_id=b",
        "resource=\u00e9",
        "%zz=a",
      })
  void whatParsersMightReadDifferentlyIsRefused(String query) {
    assertThatThrownBy(() -> QueryParameters.parse(query))
        .isInstanceOfSatisfying(
            PodIdentityException.class,
            e -> assertThat(e.reason()).isEqualTo(ErrorReason.INVALID_REQUEST));
  }
}
