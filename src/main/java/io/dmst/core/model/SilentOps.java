package io.dmst.core.model;

import java.util.List;

/** Computes nothing: a walk over the network that only meets its parameters. */
final class SilentOps implements Ops<Object> {

    static final Object NOTHING = new Object();

    @Override
    public Object constant(float[] values, int... shape) {
        return NOTHING;
    }

    @Override
    public Object toFloat(Object x) {
        return NOTHING;
    }

    @Override
    public Object add(Object a, Object b) {
        return NOTHING;
    }

    @Override
    public Object subtract(Object a, Object b) {
        return NOTHING;
    }

    @Override
    public Object multiply(Object a, Object b) {
        return NOTHING;
    }

    @Override
    public Object divide(Object a, Object b) {
        return NOTHING;
    }

    @Override
    public Object add(Object x, double offset) {
        return NOTHING;
    }

    @Override
    public Object multiply(Object x, double factor) {
        return NOTHING;
    }

    @Override
    public Object square(Object x) {
        return NOTHING;
    }

    @Override
    public Object abs(Object x) {
        return NOTHING;
    }

    @Override
    public Object relu(Object x) {
        return NOTHING;
    }

    @Override
    public Object relu6(Object x) {
        return NOTHING;
    }

    @Override
    public Object gelu(Object x) {
        return NOTHING;
    }

    @Override
    public Object softplus(Object x) {
        return NOTHING;
    }

    @Override
    public Object atLeast(Object x, double least) {
        return NOTHING;
    }

    @Override
    public Object log(Object x) {
        return NOTHING;
    }

    @Override
    public Object softmax(Object x, int axis) {
        return NOTHING;
    }

    @Override
    public Object sum(Object x, int axis) {
        return NOTHING;
    }

    @Override
    public Object matmul(Object a, Object b) {
        return NOTHING;
    }

    @Override
    public Object linear(Object x, Object weight, Object bias) {
        return NOTHING;
    }

    @Override
    public Object layerNorm(Object x, Object weight, Object bias, double epsilon) {
        return NOTHING;
    }

    @Override
    public Object convolution(Object x, Object weight, Window window) {
        return NOTHING;
    }

    @Override
    public Object convolution(Object x, Object weight, Object bias, Window window) {
        return NOTHING;
    }

    @Override
    public Object batchNorm(Object x, BatchNorm<Object> parameters, double epsilon) {
        return NOTHING;
    }

    @Override
    public Object reshape(Object x, int... shape) {
        return NOTHING;
    }

    @Override
    public Object transpose(Object x, int... order) {
        return NOTHING;
    }

    @Override
    public Object concat(List<Object> parts, int axis) {
        return NOTHING;
    }

    @Override
    public Object slice(Object x, int axis, int from, int to) {
        return NOTHING;
    }

    @Override
    public Object repeatBatch(Object value, Object like) {
        return NOTHING;
    }

    @Override
    public Object dropPath(Object branch) {
        return NOTHING;
    }

    @Override
    public Object dropTokens(Object tokens) {
        return NOTHING;
    }

    @Override
    public Object meanImage(Object value, Object stored) {
        return NOTHING;
    }
}
