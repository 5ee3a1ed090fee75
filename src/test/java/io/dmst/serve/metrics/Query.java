package io.dmst.serve.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an expression of PromQL reads, found by its words alone: a real Prometheus says elsewhere
 * whether it is one.
 *
 * @param metrics names of series, each with what its labels are matched with
 * @param grouping labels by which results are grouped and joined
 */
record Query(Map<String, Map<String, Set<String>>> metrics, Set<String> grouping) {

    private static final Pattern GROUPING =
            Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*\\]");
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w.:$\"])([a-zA-Z_:][\\w:]*)\\s*(\\{[^}]*\\}|\\()?");
    private static final Pattern MATCHER =
            Pattern.compile("([a-zA-Z_]\\w*)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Set<String> KEYWORDS =
            Set.of("and", "or", "unless", "bool", "offset", "inf", "nan");

    static Query of(String expression) {
        Set<String> grouping = new TreeSet<>();
        Matcher groups = GROUPING.matcher(expression);
        while (groups.find()) {
            for (String label : groups.group(2).split(",")) {
                if (!label.isBlank()) {
                    grouping.add(label.strip());
                }
            }
        }
        String rest = RANGE.matcher(groups.replaceAll(" ")).replaceAll(" ");
        Map<String, Map<String, Set<String>>> metrics = new TreeMap<>();
        Matcher selectors = SELECTOR.matcher(rest);
        while (selectors.find()) {
            String after = selectors.group(2);
            if (!"(".equals(after) && !KEYWORDS.contains(selectors.group(1))) {
                Map<String, Set<String>> labels =
                        metrics.computeIfAbsent(selectors.group(1), name -> new HashMap<>());
                matchers(after == null ? "" : after, labels);
            }
        }
        return new Query(metrics, grouping);
    }

    private static void matchers(String braces, Map<String, Set<String>> labels) {
        MATCHER.matcher(braces)
                .results()
                .forEach((MatchResult matcher) ->
                        labels.computeIfAbsent(matcher.group(1), label -> new TreeSet<>())
                                .addAll(Set.of(matcher.group(2).split("\\|"))));
    }
}
