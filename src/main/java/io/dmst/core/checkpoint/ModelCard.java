package io.dmst.core.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * What people should know of a model: Markdown behind YAML front matter, as model cards on Hugging
 * Face have it. Immutable.
 *
 * @param frontMatter by key, in the order of the file; values are strings, numbers, booleans, lists
 *     and maps of them; dates stay text, nulls are left out
 * @param body the Markdown behind it
 */
public record ModelCard(Map<String, Object> frontMatter, String body) {

    /** The card of a model that has none. */
    public static final ModelCard EMPTY = new ModelCard(Map.of(), "");

    private static final String FENCE = "---";
    private static final int MAX_DEPTH = 32;
    private static final int MAX_ALIASES = 10;

    public ModelCard {
        frontMatter = freezeMap(frontMatter, 0);
    }

    /**
     * Reads a card.
     *
     * @param text of a {@code model-card.md}; without front matter all of it is the body
     * @throws IllegalArgumentException if the front matter has no end or is not a YAML mapping of
     *     plain data
     */
    public static ModelCard parse(String text) {
        List<String> lines = text.lines().toList();
        if (lines.isEmpty() || !lines.getFirst().stripTrailing().equals(FENCE)) {
            return new ModelCard(Map.of(), text);
        }
        int end = 1;
        while (end < lines.size() && !lines.get(end).stripTrailing().equals(FENCE)) {
            end++;
        }
        if (end == lines.size()) {
            throw new IllegalArgumentException(
                    "the front matter begins with '---' in line 1, but no line '---' ends it");
        }
        String body = String.join("\n", lines.subList(end + 1, lines.size())).strip();
        return new ModelCard(yaml(String.join("\n", lines.subList(1, end))), body);
    }

    /** The card as the text of a {@code model-card.md}. */
    public String text() {
        if (frontMatter.isEmpty() && !body.startsWith(FENCE)) {
            return body;
        }
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setAllowUnicode(true);
        String yaml = new Yaml(options).dump(frontMatter);
        return FENCE + "\n" + yaml + FENCE + "\n\n" + body + "\n";
    }

    private static Map<String, Object> yaml(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        Yaml yaml =
                new Yaml(
                        new SafeConstructor(options),
                        new Representer(new DumperOptions()),
                        new DumperOptions(),
                        options,
                        new DatesAsText());
        try {
            Object loaded = yaml.load(text);
            if (loaded == null) {
                return Map.of();
            }
            if (loaded instanceof Map<?, ?> map) {
                return freezeMap(map, 0);
            }
            throw new IllegalArgumentException("the front matter must be a YAML mapping");
        } catch (YAMLException e) {
            throw new IllegalArgumentException(
                    "the front matter is not valid YAML: " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> freezeMap(Map<?, ?> map, int depth) {
        Map<String, Object> frozen = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value != null) {
                frozen.put(String.valueOf(key), freeze(value, depth + 1));
            }
        });
        return Collections.unmodifiableMap(frozen);
    }

    private static Object freeze(Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "the front matter is nested deeper than " + MAX_DEPTH);
        }
        return switch (value) {
            case Map<?, ?> map -> freezeMap(map, depth);
            case Iterable<?> items -> {
                List<Object> frozen = new ArrayList<>();
                for (Object item : items) {
                    if (item != null) {
                        frozen.add(freeze(item, depth + 1));
                    }
                }
                yield Collections.unmodifiableList(frozen);
            }
            case Number number -> number;
            case Boolean truth -> truth;
            default -> value.toString();
        };
    }

    /** A date is a mutable object in SnakeYAML and depends on a time zone. */
    private static final class DatesAsText extends Resolver {

        @Override
        public void addImplicitResolver(
                Tag tag, Pattern pattern, @Nullable String first, int limit) {
            if (!tag.equals(Tag.TIMESTAMP)) {
                super.addImplicitResolver(tag, pattern, first, limit);
            }
        }
    }
}
