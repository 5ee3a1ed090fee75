package io.dmst;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Refuses a setting of ours that nothing reads: misspelt, it would be ignored, and its writer would
 * believe it in force.
 *
 * <p>Arguments and files are looked at, not the environment's variables: {@code DMST_JAR} and
 * others there are read by the launcher.
 */
final class KnownSettings {

    private static final ConfigurationPropertyName OURS = ConfigurationPropertyName.of("dmst");

    private static final String DESCRIPTION = "META-INF/spring-configuration-metadata.json";

    private static final Set<String> SHARED_WITH_OTHERS =
            Set.of(
                    StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                    StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);

    private final Set<ConfigurationPropertyName> known;

    private KnownSettings(Set<ConfigurationPropertyName> known) {
        this.known = known;
    }

    /**
     * @throws InvalidConfigurationPropertyValueException naming the first setting below {@code
     *     dmst} that is none, and those that there are
     */
    static void check(Environment environment) {
        KnownSettings settings = new KnownSettings(described());
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource names
                    && !(source.getUnderlyingSource() instanceof PropertySource<?> underlying
                            && SHARED_WITH_OTHERS.contains(underlying.getName()))) {
                names.stream()
                        .filter(OURS::isAncestorOf)
                        .filter(name -> !settings.has(name))
                        .findFirst()
                        .ifPresent(name -> settings.refuse(name, source));
            }
        }
    }

    private boolean has(ConfigurationPropertyName name) {
        return known.contains(name) || known.stream().anyMatch(each -> each.isAncestorOf(name));
    }

    private void refuse(ConfigurationPropertyName name, ConfigurationPropertySource source) {
        ConfigurationPropertyName group = name.chop(2);
        List<ConfigurationPropertyName> same = known.stream().filter(group::isAncestorOf).toList();
        String others =
                (same.isEmpty() ? known.stream().map(each -> each.chop(2)) : same.stream())
                                .map(ConfigurationPropertyName::toString)
                                .collect(Collectors.toCollection(TreeSet::new))
                                .stream()
                                .collect(Collectors.joining(", "));
        ConfigurationProperty found = source.getConfigurationProperty(name);
        throw new InvalidConfigurationPropertyValueException(
                name.toString(),
                found == null ? null : found.getValue(),
                "there is no setting of this name; %s: %s"
                        .formatted(same.isEmpty() ? "all begin with one of" : "there are", others));
    }

    /** The build describes them, from the classes that read them. */
    private static Set<ConfigurationPropertyName> described() {
        try {
            Set<ConfigurationPropertyName> known = new HashSet<>();
            for (URL description :
                    Collections.list(
                            KnownSettings.class.getClassLoader().getResources(DESCRIPTION))) {
                try (InputStream in = description.openStream()) {
                    names(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                            .map(ConfigurationPropertyName::ofIfValid)
                            .filter(name -> name != null && OURS.isAncestorOf(name))
                            .forEach(known::add);
                }
            }
            return known;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> names(String description) {
        return JsonParserFactory.getJsonParser().parseMap(description).get("properties")
                        instanceof List<?> properties
                ? properties.stream()
                        .map(property -> String.valueOf(((Map<?, ?>) property).get("name")))
                : Stream.empty();
    }
}
