package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podidentity.nmi.RawHttp.Received;
import io.podidentity.nmi.TestNmi.Settings;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers of the metadata service that come in pieces, or not whole: written byte by byte. */
class MetadataStreamTest {
  private static final String NODE = "127.0.0.1";
  private static final String TARGET = "/metadata/instance?api-version=2021-02-01";
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  private ServerSocket service;
  private TestNmi nmi;
  private RawHttp client;

  /** The service's end of the connection over which NMI asks. */
  private Socket asked;

  @BeforeEach
  void ask() throws IOException {
    service = new ServerSocket(0, 10, TestNmi.inet("127.0.0.1"));
    nmi =
        new TestNmi(
            Settings.DEFAULT.withMetadata(
                URI.create("http://127.0.0.1:" + service.getLocalPort())));
    client = nmi.from(NODE).get(TARGET, METADATA);
    asked = service.accept();
    BufferedReader request =
        new BufferedReader(
            new InputStreamReader(asked.getInputStream(), StandardCharsets.ISO_8859_1));
    assertThat(request.readLine()).isEqualTo("GET " + TARGET + " HTTP/1.1");
    while (!request.readLine().isEmpty()) {
      // Only its end matters here.
    }
  }

  @AfterEach
  void close() throws IOException {
    nmi.close();
    asked.close();
    service.close();
  }

  @Test
  void pieceIsSentOnBeforeTheNextHasCome() throws IOException {
    answer(CHUNKED + "5\r\nfirst\r\n");
    Received head = client.readHead();
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Transfer-Encoding")).isEqualTo("chunked");
    assertThat(client.readChunk()).isEqualTo("first");

    answer("6\r\nsecond\r\n0\r\n\r\n");
    assertThat(client.readChunks()).isEqualTo("second");
    assertThat(client.get("/metadata\\x").read().status()).as("the next on it").isEqualTo(400);
  }

  @Test
  void lengthIsPassedOnBeforeTheBodyIsThere() throws IOException {
    answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
    assertThat(client.readHead().header("Content-Length")).isEqualTo("10");
    assertThat(client.readBytes(5)).isEqualTo("01234");

    answer("56789");
    assertThat(client.readBytes(5)).isEqualTo("56789");
  }

  // https://www.rfc-editor.org/rfc/rfc9110.html#section-7.6.1
  @Test
  void headersAboutTheServicesConnectionAreNotPassedOn() throws IOException {
    String hop = "Connection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n";
    answer("HTTP/1.1 200 OK\r\n" + hop + "X-Ms-Kept: 1\r\nContent-Length: 0\r\n\r\n");

    assertThat(client.readHead().headers()).containsOnlyKeys("X-Ms-Kept", "Content-Length", "Date");
  }

  @Test
  void bodyThatBreaksOffEndsTheConnectionSoThatNobodyTakesItForWhole() throws IOException {
    answer(CHUNKED + "5\r\nfirst\r\n");
    client.readHead();
    client.readChunk();

    asked.close();

    assertThatThrownBy(client::readChunk).isInstanceOf(EOFException.class);
    awaitIdle();
  }

  @Test
  void answerThatBreaksOffBeforeItsBodyIs502() throws IOException {
    answer("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n");
    asked.close();

    Received reply = client.read();

    assertThat(reply.status()).isEqualTo(502);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("metadata-unreachable");
    assertThat(reply.headers()).doesNotContainKey("Content-Encoding");
  }

  @Test
  void serviceThatHangsUpIs502() throws IOException {
    // Or the JDK's client asks once more.
    service.close();
    asked.close();

    assertThat(client.read().status()).isEqualTo(502);
  }

  @Test
  void bodyThatGrowsTooLongIsCutOff() throws Exception {
    String mebibyte = "100000\r\n" + "x".repeat(1 << 20) + "\r\n";
    Thread writer = new Thread(() -> tryToAnswer(CHUNKED + mebibyte + "1\r\nx\r\n0\r\n\r\n"));
    writer.start();
    assertThat(client.readHead().status()).isEqualTo(200);

    assertThatThrownBy(client::readChunks).isInstanceOf(EOFException.class);
    awaitIdle();
    writer.join();
  }

  @Test
  void bodyThatTakesTooLongIsCutOff() throws IOException {
    answer(CHUNKED + "5\r\nfirst\r\n");
    client.readHead();
    client.readChunk();

    nmi.timer.advance(Duration.ofSeconds(30));

    assertThatThrownBy(client::readChunk).isInstanceOf(EOFException.class);
    awaitIdle();
  }

  @Test
  void whatHasNoAnswerWhenNmiStopsIsRefusedAndNotCutOff() throws IOException {
    nmi.stop();

    Received reply = client.read();
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("X-Pod-Identity-Error")).isEqualTo("shutting-down");
    assertThat(reply.header("Retry-After")).isEqualTo("5");
    assertThat(asked.getInputStream().read()).as("NMI gives the service up").isNegative();
  }

  @Test
  void clientThatTakesNothingHoldsTheServiceBackAndIsCutOffInTime() throws IOException {
    answer(CHUNKED + "5\r\nfirst\r\n");
    client.readHead();
    client.close();
    answer("5\r\nother\r\n");
    answer("5\r\nother\r\n");

    awaitIdle();
    assertThat(asked.getInputStream().read()).as("NMI gives the service up").isNegative();
  }

  /** Nothing is left of the exchange: no alarm, no request under way. */
  private void awaitIdle() {
    Eventually.isTrue("no alarm is set", () -> nmi.timer.pending() == 0);
    Eventually.isTrue("nothing is under way", () -> nmi.inFlight() == 0);
  }

  private void tryToAnswer(String text) {
    try {
      answer(text);
    } catch (IOException e) {
      // NMI hangs up before it has read all.
    }
  }

  private void answer(String text) throws IOException {
    asked.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
