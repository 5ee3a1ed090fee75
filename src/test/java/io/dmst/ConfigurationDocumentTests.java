package io.dmst;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code docs/reference/configuration.md} lists every key of ours with its default, and no other.
 */
class ConfigurationDocumentTests {

    private static final Pattern ROW =
            Pattern.compile("\\| `(dmst\\.[a-z.-]+)` \\| (?:`([^`]*)`)? ?\\|.*");

    @Test
    void everyKeyIsListedWithItsDefault() throws IOException {
        assertThat(documented()).isNotEmpty().isEqualTo(declared());
    }

    private static Map<String, String> documented() throws IOException {
        Map<String, String> keys = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("docs", "reference", "configuration.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                String value = row.group(2);
                keys.put(row.group(1), value == null ? "" : value);
            }
        }
        return keys;
    }

    private static Map<String, String> declared() {
        Map<String, String> keys = new TreeMap<>();
        new ClassFileImporter()
                .importPath(Path.of("target", "classes", "io", "dmst")).stream()
                        .filter(type -> type.isAnnotatedWith(ConfigurationProperties.class))
                        .map(type -> type.reflect())
                        .filter(type -> !prefix(type).equals("dmst")) // it holds the others
                        .forEach(type -> keys.putAll(keysOf(type)));
        return keys;
    }

    private static Map<String, String> keysOf(Class<?> record) {
        List<Constructor<?>> constructors = List.of(record.getDeclaredConstructors());
        assertThat(constructors).as("constructors of %s", record).hasSize(1);
        String prefix = prefix(record);
        Map<String, String> keys = new TreeMap<>();
        for (Parameter parameter : constructors.getFirst().getParameters()) {
            DefaultValue value = parameter.getAnnotation(DefaultValue.class);
            keys.put(
                    prefix + "." + kebab(parameter.getName()),
                    value == null ? "" : String.join(",", value.value()));
        }
        return keys;
    }

    private static String prefix(Class<?> record) {
        ConfigurationProperties group = record.getAnnotation(ConfigurationProperties.class);
        return group.value().isEmpty() ? group.prefix() : group.value();
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
    }
}
