package io.dmst.lab.train;

import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The values of an options record, and of the records in it, by name in snake case. */
final class OptionValues {

    private OptionValues() {}

    static Map<String, String> of(Record options) {
        Map<String, String> values = new TreeMap<>();
        add(options, values);
        return values;
    }

    private static void add(Record options, Map<String, String> values) {
        for (RecordComponent component : options.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                Object value = component.getAccessor().invoke(options);
                if (value instanceof Record inner) {
                    add(inner, values);
                } else {
                    values.put(snake(component.getName()), String.valueOf(value));
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("every component of a record can be read", e);
            }
        }
    }

    private static String snake(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
