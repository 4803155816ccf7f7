//! One packed value for each row number.

use super::rows::RowNumber;

/// A column; rows that it does not reach have the default value.
#[derive(Debug, Default)]
pub(super) struct Column<T>(Vec<T>);

impl<T: Copy + Default> Column<T> {
    /// The value of a row.
    pub(super) fn get(&self, row: RowNumber) -> T {
        self.0.get(row as usize).copied().unwrap_or_default()
    }

    /// Sets the value of a row.
    pub(super) fn set(&mut self, row: RowNumber, value: T) {
        let at = row as usize;
        if at >= self.0.len() {
            // By a quarter: a column that doubles stands half empty at the wrong moment.
            if at >= self.0.capacity() {
                self.0.reserve_exact(at + 1 - self.0.len() + (at / 4).max(16));
            }
            self.0.resize(at + 1, T::default());
        }
        if let Some(place) = self.0.get_mut(at) {
            *place = value;
        }
    }

    /// The values of all rows, in the order of their numbers.
    pub(super) fn values(&self) -> &[T] {
        &self.0
    }

    /// What it holds of the memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::Column;

    #[test]
    fn a_row_beyond_the_end_has_the_default_value() {
        let mut column = Column::default();
        column.set(3, 7_u16);
        assert_eq!((column.get(0), column.get(3), column.get(9)), (0, 7, 0));
        assert_eq!(column.values(), [0, 0, 0, 7]);
    }
}
