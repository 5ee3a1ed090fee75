package io.dmst;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class KnownSettingsTests {

    @Test
    void aMisspeltSettingIsRefusedWithThoseOfItsGroup() {
        assertThatThrownBy(() -> KnownSettings.check(with("dmst.scheduling.network-first-from")))
                .hasMessageContaining("dmst.scheduling.network-first-from")
                .hasMessageContaining("dmst.scheduling.network-first, dmst.scheduling.real-time");
    }

    @Test
    void oneOfNoGroupIsRefusedWithTheGroups() {
        assertThatThrownBy(() -> KnownSettings.check(with("dmst.grpc.port")))
                .hasMessageContaining("all begin with one of")
                .hasMessageContaining("dmst.gateway, dmst.inference, dmst.models");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dmst.inference.max-batch",
                "dmst.inference.maxBatch",
                "dmst.gateway.nodes",
                "dmst.gateway.nodes[0]",
                "server.prot",
            })
    void whatIsReadIsNotRefusedHoweverItIsWritten(String name) {
        assertThatCode(() -> KnownSettings.check(with(name))).doesNotThrowAnyException();
    }

    @Test
    void variablesOfTheLauncherAreNoSettings() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                Map.of("DMST_JAR", "dmst.jar")));
        ConfigurationPropertySources.attach(environment);
        assertThatCode(() -> KnownSettings.check(environment)).doesNotThrowAnyException();
    }

    private static StandardEnvironment with(String name) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("arguments", Map.of(name, "1")));
        ConfigurationPropertySources.attach(environment);
        return environment;
    }
}
