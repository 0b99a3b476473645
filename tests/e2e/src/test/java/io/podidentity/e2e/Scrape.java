package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.harness.net.NetworkNamespace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a program exposes to Prometheus, read by the letter of the text format 0.0.4.
 *
 * @param samples the value of each series, by its name with its labels
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition
 *     formats</a>
 */
record Scrape(Map<String, Double> samples) {

  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\]|\\\\[\\\\n\"])*\"";
  private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") .+");
  private static final Pattern TYPE =
      Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram)");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "((" + NAME + ")(?:\\{" + LABEL + "(?:," + LABEL + ")*\\})?) (NaN|[-+0-9.eE]+)");
  private static final Pattern LAST_BUCKET = Pattern.compile("_bucket\\{(.*)le=\"\\+Inf\"\\}");

  /** Scrapes a program by the loopback of its network. */
  static Scrape of(NetworkNamespace network, int port) {
    HttpAnswer answer = Curl.in(network).request("http://127.0.0.1:" + port + "/metrics");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    return parse(answer.body());
  }

  /** How often, how much; 0 if there is no such series. */
  double value(String series) {
    return samples.getOrDefault(series, 0.0);
  }

  private static Scrape parse(String text) {
    assertThat(text).endsWith("\n");
    Map<String, Double> samples = new LinkedHashMap<>();
    Map<String, String> types = new LinkedHashMap<>();
    String family = "";
    for (String line : text.split("\n", -1)) {
      if (line.startsWith("# HELP ")) {
        family = group(HELP, line, 1);
        assertThat(types).as("one group for each metric").doesNotContainKey(family);
      } else if (line.startsWith("# TYPE ")) {
        assertThat(group(TYPE, line, 1)).isEqualTo(family);
        types.put(family, group(TYPE, line, 2));
      } else if (!line.isEmpty()) {
        String name = group(SAMPLE, line, 2);
        assertThat(name).isIn(names(family, types.getOrDefault(family, "")));
        double value = Double.parseDouble(group(SAMPLE, line, 3));
        assertThat(samples.put(group(SAMPLE, line, 1), value)).as("once: " + line).isNull();
      }
    }
    samples.forEach((series, value) -> checkBucket(samples, series, value));
    return new Scrape(samples);
  }

  private static List<String> names(String family, String type) {
    return type.equals("histogram")
        ? List.of(family + "_bucket", family + "_sum", family + "_count")
        : List.of(family);
  }

  /** The last bucket holds all. */
  private static void checkBucket(Map<String, Double> samples, String series, double value) {
    Matcher last = LAST_BUCKET.matcher(series);
    if (last.find()) {
      String labels = last.group(1).replaceAll(",$", "");
      String count =
          series.substring(0, last.start())
              + "_count"
              + (labels.isEmpty() ? "" : "{" + labels + "}");
      assertThat(samples).containsEntry(count, value);
    }
  }

  private static String group(Pattern pattern, String line, int group) {
    Matcher matcher = pattern.matcher(line);
    assertThat(matcher.matches()).as(line).isTrue();
    return matcher.group(group);
  }
}
