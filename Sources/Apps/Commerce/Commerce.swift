// Royalty statements and what buyers and sellers do with files.
