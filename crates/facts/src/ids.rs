//! Row numbers as types, so that a change can never be mistaken for a file.

macro_rules! row_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The row number, for indexing a column.
            #[inline]
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The id of a row number.
            ///
            /// # Panics
            /// When a table has more than `u32::MAX` rows.
            #[inline]
            pub fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).expect("a table holds at most u32::MAX rows"))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )+};
}

row_id! {
    /// A row of [`ChangeTable`](crate::ChangeTable); rows are ordered oldest first.
    ChangeId,
    /// An interned path of [`Paths`](crate::paths::Paths).
    PathId,
    /// A row of [`FileTable`](crate::FileTable): a file's identity through its renames.
    FileId,
    /// A row of [`PeopleTable`](crate::PeopleTable).
    PersonId,
    /// A module of a [`Structure`](crate::Structure).
    ModuleId,
    /// A team of a [`Structure`](crate::Structure).
    TeamId,
}
