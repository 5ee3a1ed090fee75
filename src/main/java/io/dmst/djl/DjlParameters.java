package io.dmst.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.model.ParameterSpec;
import io.dmst.core.model.Parameters;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network's parameters as live arrays, owned until closed.
 *
 * <p>Reading from several threads at a time is safe; changing the arrays is not.
 */
public final class DjlParameters implements AutoCloseable {

    private final NDManager manager;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    /**
     * An empty set.
     *
     * @param parent whose device is used; closing it closes this too
     */
    public DjlParameters(NDManager parent) {
        this.manager = parent.newSubManager();
    }

    /**
     * The parameters of a network from a checkpoint.
     *
     * @param parent whose device is used; closing it closes this too
     * @param specs what the network needs
     * @param weights what there is; more than the network needs does no harm
     * @throws RuntimeException naming the tensor, if one is missing or has another shape
     */
    public static DjlParameters load(
            NDManager parent, List<ParameterSpec> specs, TensorMap weights) {
        DjlParameters parameters = new DjlParameters(parent);
        try {
            for (ParameterSpec spec : specs) {
                int[] shape = spec.shape().stream().mapToInt(Integer::intValue).toArray();
                parameters.add(spec, weights.get(spec.name(), shape).toFloats());
            }
            return parameters;
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    /**
     * Adds a parameter.
     *
     * @param spec name and shape
     * @param values row-major, as many as the shape says
     * @return the array, owned by this
     */
    public NDArray add(ParameterSpec spec, float[] values) {
        if (values.length != spec.size()) {
            throw new IllegalArgumentException(
                    "%s needs %d values for shape %s, not %d"
                            .formatted(spec.name(), spec.size(), spec.shape(), values.length));
        }
        NDArray array = manager.create(values, shape(spec));
        arrays.put(spec.name(), array);
        return array;
    }

    /**
     * The array of one parameter.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public NDArray array(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("there is no parameter " + name);
        }
        return array;
    }

    /** The arrays by name, in the order in which they were added. */
    public Map<String, NDArray> arrays() {
        return Collections.unmodifiableMap(arrays);
    }

    /**
     * The parameters as one computation sees them.
     *
     * <p>Views that belong to the computation: DJL attaches a result to its first argument's
     * manager, so that an expression that starts from a parameter itself would live, and leak,
     * until this is closed. Gradients reach the parameters through the views.
     *
     * @param computation owns the views
     */
    public Parameters<NDArray> in(NDManager computation) {
        return spec -> {
            NDArray array = arrays.get(spec.name());
            Shape shape = shape(spec);
            if (array == null || !array.getShape().equals(shape)) {
                String found = array == null ? "there is none" : "found " + array.getShape();
                throw new IllegalArgumentException(
                        "the network needs %s of shape %s; %s"
                                .formatted(spec.name(), spec.shape(), found));
            }
            NDArray view = array.reshape(shape);
            view.attach(computation);
            return view;
        };
    }

    @Override
    public void close() {
        manager.close();
    }

    private static Shape shape(ParameterSpec spec) {
        return new Shape(spec.shape().stream().mapToLong(Integer::longValue).toArray());
    }
}
