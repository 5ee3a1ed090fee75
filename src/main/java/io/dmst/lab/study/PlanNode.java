package io.dmst.lab.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A value of a plan's YAML with the keys that lead to it, so that every error names its key.
 *
 * <p>Options of a command are one text, separated by white space. Numbers may be written as YAML
 * numbers or as text. Immutable.
 *
 * @param path of keys, such as {@code parts[0].seeds}
 * @param value as the parser of YAML returns it
 */
record PlanNode(String path, @Nullable Object value) {

    /** The value of a key. */
    PlanNode at(String key) {
        PlanNode found = new PlanNode(path.isEmpty() ? key : path + "." + key, map().get(key));
        if (found.value == null) {
            throw found.refused("a value", "none");
        }
        return found;
    }

    /** The value of a key that may be absent. */
    Optional<PlanNode> optional(String key) {
        return map().get(key) == null ? Optional.empty() : Optional.of(at(key));
    }

    /** The same, if it is a map without other keys than these. */
    PlanNode only(String... keys) {
        Set<String> unknown = new LinkedHashSet<>(map().keySet());
        unknown.removeAll(Arrays.asList(keys));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s: unknown key %s; known are %s"
                            .formatted(
                                    path.isEmpty() ? "the plan" : path,
                                    String.join(", ", unknown),
                                    String.join(", ", keys)));
        }
        return this;
    }

    /** Values by key, in their order. */
    SequencedMap<String, PlanNode> entries() {
        SequencedMap<String, PlanNode> entries = new LinkedHashMap<>();
        map().keySet().forEach(key -> entries.put(key, at(key)));
        if (entries.isEmpty()) {
            throw refused("at least one key", "none");
        }
        return entries;
    }

    /** The elements of a list that is not empty. */
    List<PlanNode> list() {
        if (!(value instanceof List<?> elements) || elements.isEmpty()) {
            throw refused("a list of at least one element", value);
        }
        List<PlanNode> nodes = new ArrayList<>();
        for (Object element : elements) {
            nodes.add(new PlanNode("%s[%d]".formatted(path, nodes.size()), element));
        }
        return nodes;
    }

    String text() {
        if (value == null || value instanceof Map || value instanceof List) {
            throw refused("text", value);
        }
        return value.toString().strip();
    }

    /** A name that can be part of a file's name. */
    String name() {
        return checkedName(text());
    }

    /** The same text, if it can be part of a file's name. */
    String checkedName(String text) {
        if (!text.matches("[a-z0-9][a-z0-9.-]*")) {
            throw refused("a name of small letters, digits, points and hyphens", text);
        }
        return text;
    }

    /** A name that stands among others. */
    String oneOf(Set<String> known) {
        if (!known.contains(text())) {
            throw refused("one of " + String.join(", ", new TreeSet<>(known)), value);
        }
        return text();
    }

    /** Options of a command. */
    List<String> words() {
        return text().isEmpty() ? List.of() : List.of(text().split("\\s+"));
    }

    double number() {
        try {
            return Double.parseDouble(text());
        } catch (NumberFormatException e) {
            throw refused("a number", value);
        }
    }

    long integer() {
        try {
            return Long.parseLong(text());
        } catch (NumberFormatException e) {
            throw refused("a whole number", value);
        }
    }

    int count() {
        long count = integer();
        if (count < 1 || count > Integer.MAX_VALUE) {
            throw refused("a whole number of at least 1", count);
        }
        return (int) count;
    }

    /** What was expected here, and what was found. */
    IllegalArgumentException refused(String expected, @Nullable Object found) {
        return new IllegalArgumentException(
                "%s: expected %s, got %s".formatted(path, expected, found));
    }

    private SequencedMap<String, Object> map() {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(
                    "%s: expected keys with values, got %s"
                            .formatted(path.isEmpty() ? "the plan" : path, value));
        }
        SequencedMap<String, Object> keys = new LinkedHashMap<>();
        map.forEach((key, each) -> keys.put(String.valueOf(key), each));
        return keys;
    }
}
