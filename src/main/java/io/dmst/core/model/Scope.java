package io.dmst.core.model;

import io.dmst.core.model.ParameterSpec.Init;

/** A named part of the network: its operations, and its parameters under a common prefix. */
record Scope<T>(Ops<T> ops, Parameters<T> parameters, String prefix) {

    Scope<T> in(String part) {
        return new Scope<>(ops, parameters, prefix + part + ".");
    }

    Scope<T> in(String part, int index) {
        return in(part + "." + index);
    }

    T parameter(String name, Init init, int... shape) {
        return parameters.get(ParameterSpec.of(prefix + name, init, shape));
    }

    T linear(String name, T x, int in, int out) {
        Scope<T> layer = in(name);
        return ops.linear(
                x,
                layer.parameter("weight", Init.TRUNCATED_NORMAL, out, in),
                layer.parameter("bias", Init.ZEROS, out));
    }

    T layerNorm(String name, T x, int channels, double epsilon) {
        Scope<T> layer = in(name);
        return ops.layerNorm(
                x,
                layer.parameter("weight", Init.ONES, channels),
                layer.parameter("bias", Init.ZEROS, channels),
                epsilon);
    }

    T mlp(T x, int channels, int ratio) {
        Scope<T> mlp = in("mlp");
        T hidden = ops.gelu(mlp.linear("fc1", x, channels, channels * ratio));
        return mlp.linear("fc2", hidden, channels * ratio, channels);
    }
}
