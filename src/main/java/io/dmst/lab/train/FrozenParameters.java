package io.dmst.lab.train;

import io.dmst.core.model.Network;
import io.dmst.core.model.ParameterSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which parameters keep their values. */
final class FrozenParameters {

    /** What the names of a head's parameters begin with, of either kind. */
    private static final List<String> HEAD = List.of("head.", "norm.", "cls_token", "cls_attn");

    private FrozenParameters() {}

    static Set<String> of(Network network, Freeze freeze) {
        return switch (freeze) {
            case NONE -> Set.of();
            case STEM -> network.stemParameters();
            case BLOCKS ->
                    network.parameters().stream()
                            .map(ParameterSpec::name)
                            .filter(name -> HEAD.stream().noneMatch(name::startsWith))
                            .collect(Collectors.toSet());
        };
    }
}
